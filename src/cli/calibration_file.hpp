#pragma once

#include <string>
#include <vector>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit::cli {

/// `row` of `law`, with where it comes from.
struct CalibratedRow {
  SpeedLawKind law = SpeedLawKind::kDecode;
  SpeedRow row;
};

/// The text of an overlay with `rows`, in the form of data/speed.json.
std::string overlay_text(const std::vector<CalibratedRow>& rows);

}  // namespace lfmfit::cli
