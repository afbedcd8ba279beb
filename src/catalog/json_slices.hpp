#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lfmfit {

/// An object with more keys is none of ours.
constexpr std::size_t kMaxJsonKeys = 256;

/// A key of a JSON object and the text of its value.
struct JsonMember {
  std::string_view key;
  std::string_view value;
};

/// One of 64 bits, by what keys differ in most: keys of different marks are different.
std::uint64_t mark_of(std::string_view key);

/// The members of the JSON object that `text` is, cut out but not read: what a value holds is checked by whoever reads
/// it. Throws Error(kBadFile) naming `path` when the pieces do not fit together, a key comes twice or needs an escape,
/// or there are more than kMaxJsonKeys.
std::vector<JsonMember> json_members(std::string_view path, std::string_view text);

/// The first member of the JSON object that starts `text`; an empty one where there is none. Looks no further.
JsonMember json_first_member(std::string_view path, std::string_view text);

/// The elements of the JSON array that `text` is, cut out but not read.
std::vector<std::string_view> json_elements(std::string_view path, std::string_view text);

/// The elements of the array under `key` in the JSON object that `text` is, which holds nothing else: in one walk.
/// Throws Error(kBadFile) naming `path` and the key where there is another.
std::vector<std::string_view> json_elements_under(std::string_view path, std::string_view text, std::string_view key);

}  // namespace lfmfit
