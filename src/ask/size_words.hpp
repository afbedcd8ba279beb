#pragma once

#include <string>

#include "lfmfit/units.hpp"

namespace lfmfit::ask {

/// "24GiB", "24GB", "24576MiB"; a bare number counts in GiB. `what` is what messages call it: "--ram". Throws
/// Error(kBadRequest) for anything else, for less than `least`, and for more than 10^15 bytes.
Bytes parse_size(const std::string& what, const std::string& text, Bytes least = Bytes(1));

}  // namespace lfmfit::ask
