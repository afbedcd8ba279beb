#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

namespace lfmfit::ask {

/// JSON that a person writes and wants to be told the lines of. Comments are allowed, and a byte order mark.
class LocatedJson {
 public:
  using Json = nlohmann::ordered_json;

  /// Throws Error(kBadFile) "PATH:LINE: ..." where `text` is no JSON object, nests deeper than 16 levels or names a key
  /// twice in one object.
  LocatedJson(const std::string& path, std::string_view text);

  LocatedJson(const LocatedJson&) = delete;
  LocatedJson& operator=(const LocatedJson&) = delete;

  const Json& root() const { return root_; }

  /// The line, counted from 1, of a value of root(): that of its key, or of its brace for objects in a list.
  std::size_t line_of(const Json& value) const;

 private:
  Json root_;
  std::unordered_map<const Json*, std::size_t> lines_;
};

}  // namespace lfmfit::ask
