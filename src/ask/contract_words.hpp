#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "lfmfit/contract.hpp"

namespace lfmfit::ask {

/// Words of contracts, which carry their units: each throws Error(kBadFile) that says what to write instead.

/// A number of bytes, or "1.5 GiB", "500 MB".
Bytes size_word(const nlohmann::ordered_json& value);

/// The same, or "10 %".
SizeOrShare size_or_share_word(const nlohmann::ordered_json& value);

/// A number of seconds, or "250 ms", "2 s".
Seconds seconds_word(const nlohmann::ordered_json& value);

/// Whether `version` lies in the range ">=0.2 <1.0" or ">=0.2".
bool is_in_versions(std::string_view range, std::string_view version);

}  // namespace lfmfit::ask
