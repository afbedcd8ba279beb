#include <fmt/format.h>

#include <algorithm>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/gguf.hpp"

namespace lfmfit {

const GgufValue* GgufHeader::find(std::string_view key) const {
  const auto entry = std::find_if(metadata.begin(), metadata.end(), [key](const GgufEntry& e) { return e.key == key; });
  return entry == metadata.end() ? nullptr : &entry->value;
}

std::string GgufHeader::text(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return {};
  if (value->is_array || value->type != GgufType::kString) {
    throw Error(ErrorKind::kBadFile,
                fmt::format("the metadata key \"{}\" is no text but {}", printable(key), name_of(value->type)));
  }
  return value->text;
}

std::optional<std::int64_t> GgufHeader::integer(std::string_view key) const {
  const GgufValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_array || value->integers.size() != 1) {
    throw Error(ErrorKind::kBadFile, fmt::format("the metadata key \"{}\" is no integer but {}{}", printable(key),
                                                 value->is_array ? "a list of " : "", name_of(value->type)));
  }
  return value->integers[0];
}

}  // namespace lfmfit
