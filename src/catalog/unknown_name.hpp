#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/name_match.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

/// What a person typed, shortened for a message and without characters that would break it.
std::string shown_name(std::string_view wanted);

/// Throws that nothing, or too much, is called `wanted`: a `noun` ("model"), of which `match` found no single one.
/// `names` are what messages call them, by their places; at most `most` are listed.
[[noreturn]] void fail_to_match(ErrorKind kind, const std::string& noun, std::string_view wanted,
                                const NameMatch& match, const std::vector<std::string>& names, std::size_t most);

/// The same for devices, each with what tells it from the others that are listed.
[[noreturn]] void fail_to_find_device(std::string_view wanted, const NameMatch& match,
                                      const std::vector<Device>& devices);

}  // namespace lfmfit
