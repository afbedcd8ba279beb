#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lfmfit {

/// What a person may call a thing by: its id, its name where it has another, and what people say for it where that
/// would fit several things ("RTX 3060" means the 12 GB card).
struct Nameable {
  std::string_view id;
  std::string_view name = {};
  std::string_view also = {};
};

/// Which thing a person means.
struct NameMatch {
  std::optional<std::size_t> found;
  std::vector<std::size_t> candidates;  ///< several match equally well, in their order; empty where one or none does
  std::vector<std::size_t> nearest;  ///< none matches: those of the smallest edit distance, best first, at most three
};

/// Finds `wanted` among `things`, case and punctuation aside (a point between digits counts). The first of these that
/// fits anything decides: the exact id; the id, its part behind the last '/', the name or what else it is called; the
/// id without words such as "Instruct", "it" or a date behind it; a part of an id or a name. Text beyond 200 characters
/// matches nothing.
NameMatch match_name(std::string_view wanted, const std::vector<Nameable>& things);

/// The nearest of `names` by edit distance, case aside, where one is near enough to be meant; empty otherwise.
std::string_view nearest_name(std::string_view wanted, const std::vector<std::string_view>& names);

}  // namespace lfmfit
