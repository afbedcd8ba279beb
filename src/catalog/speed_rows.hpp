#pragma once

#include <functional>
#include <string_view>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit {

using TypeLookup = std::function<const TensorType*(std::string_view name)>;

/// The text of data/speed.json, overlays put in, as constants. `lookup` gives the tensor type of a name, or null.
/// Throws Error(kBadFile) naming `path`, row and key.
SpeedConstants read_speed_constants(std::string_view path, std::string_view text, const TypeLookup& lookup);

}  // namespace lfmfit
