#pragma once

#include <optional>
#include <vector>

#include "lfmfit/model_page.hpp"

namespace lfmfit {

/// What a page's tables say of one device in one state.
struct PageRow {
  const PageDevice* device = nullptr;
  Bytes required;  ///< the upper bound in the place that is fullest
  Bytes usable;    ///< of that place
  Verdict verdict = Verdict::kTooBig;
  std::optional<SpeedEstimate> decode;
};

/// Unset where llama.cpp cannot run that state there.
std::optional<PageRow> row_of(const ModelPage& page, const PageDevice& device, const PageState& state);

/// What every state takes on `table` without the driver's share; unset where llama.cpp cannot run it.
std::optional<ByteRange> memory_in(const ModelPage& page, const PageBackend& table, const PageState& state);

const std::optional<PageCompute>& compute_in(const ModelPage& page, const PageBackend& table, const PageState& state);

/// Whose a device is likely to be, by its segment: 0 people own it at home, 1 at work, 2 others own it.
int owner_tier(const Device& device);

/// The devices of a class that run the state, people's own first, then by verdict and speed.
std::vector<PageRow> rows_that_run(const ModelPage& page, DeviceClass device_class, const PageState& state);

/// The state with the recommended quantization, where there is one, else the first.
PageState recommended_state(const ModelPage& page);

}  // namespace lfmfit
