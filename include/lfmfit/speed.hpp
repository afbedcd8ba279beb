#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

struct SpeedConstants;  // data/speed.json; defined with the law in speed_constants.hpp

/// One line of the time ledger: a part of the time that one token (decode) or one batch (prefill) takes.
struct TimeTerm {
  std::string name;        ///< "weights", "KV cache", "launches", "compute"
  Seconds value;
  std::string formula;     ///< with the inputs filled in
  std::string source;
};

/// A speed with the band that 80 % of measurements lie in.
struct SpeedEstimate {
  TokenRate value, low, high;
  std::vector<TimeTerm> terms;
  bool measured = true;    ///< false: no measurement of this kind of hardware behind it
  std::string basis;       ///< "CUDA on Ada, 31 measurements"
};

}  // namespace lfmfit
