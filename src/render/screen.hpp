#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/report.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// A device that was named, and the whole answer on it.
struct NamedAnswer {
  DeviceRow row;
  Estimate answer;
  std::vector<std::optional<Fit>> fits;       ///< at each quantization of the report; unset: not known
  std::vector<std::optional<Fit>> fits_full;  ///< the same with all the context that the model can use
};

/// Where a model does not fit, what comes nearest.
struct NearestMiss {
  const Device* device = nullptr;
  Bytes missing;
  std::optional<int> enough;  ///< so many of it would do; unset: no number of them, or nobody knows
};

/// What the first screen shows of a report: what is needed, what the usual quantizations take, which devices run it and
/// how fast. The whole of it is report_text.
struct Screen {
  std::string this_machine;                 ///< a line about it, which goes first; empty: there is nothing to say
  std::vector<const Device*> well_known;    ///< the devices that are shown; empty: the best `top`
  std::vector<NamedAnswer> named;           ///< they are compared in place of the others
  std::vector<NearestMiss> nearest_misses;  ///< where nothing runs it
  std::size_t top = 10;
};

/// The first screen: some twenty lines on a terminal of 80 columns.
std::string screen_text(const Report& report, const Screen& screen, const Terminal& terminal);

}  // namespace lfmfit::render
