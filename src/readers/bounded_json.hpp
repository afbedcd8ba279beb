#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "lfmfit/byte_source.hpp"

namespace lfmfit {

/// Bytes that a config.json, or an index beside it, may have.
constexpr std::int64_t kMaxConfigBytes = 4 << 20;

/// The JSON object in a file that somebody else wrote. Throws Error(kBadFile) naming the file when it exceeds `limit`
/// bytes, is no JSON object, nests deeper than 32 levels, or names a key twice in one object.
nlohmann::json read_json_object(const ByteSource& source, std::int64_t limit);

/// The same for a text that was read already; `name` is for messages.
nlohmann::json parse_json_object(const std::string& name, const std::string& text);

}  // namespace lfmfit
