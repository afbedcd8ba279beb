#pragma once

#include <bitset>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/json_slices.hpp"

namespace lfmfit {

/// A row of a data file read key by key from its text, without a tree in between: the catalogue has a thousand rows and
/// a run should take a few milliseconds. Strict as StrictObject is: a missing key, a value of another kind and, at
/// finish(), a key nobody asked for each throw Error(kBadFile) naming file, row and key. The text must outlive it.
class RowReader {
 public:
  /// `row` is what messages call the object.
  RowReader(std::string_view path, std::string_view text, std::string row = {});

  bool has(std::string_view key);
  std::string text(std::string_view key);
  std::string text_or(std::string_view key, std::string fallback);
  /// A whole number in [low, high].
  std::int64_t integer(std::string_view key, std::int64_t low = 0,
                       std::int64_t high = std::numeric_limits<std::int64_t>::max());
  std::int64_t integer_or(std::string_view key, std::int64_t fallback, std::int64_t low = 0,
                          std::int64_t high = std::numeric_limits<std::int64_t>::max());
  /// The whole numbers in [low, high] of the array under `key`; none if there is no such key.
  std::vector<std::int64_t> integers_or_none(std::string_view key, std::int64_t low, std::int64_t high);
  /// A number in [low, high].
  double number(std::string_view key, double low, double high);
  double number_or(std::string_view key, double fallback, double low, double high);
  bool flag_or(std::string_view key, bool fallback);
  std::optional<bool> optional_flag(std::string_view key);
  /// The texts of the list under `key`.
  std::vector<std::string> texts(std::string_view key);
  std::vector<std::string> texts_or_none(std::string_view key);
  /// The object under `key`; messages call it row.key.
  RowReader object(std::string_view key);
  /// The objects of the array under `key`; messages call them row.key[index].
  std::vector<RowReader> objects(std::string_view key);
  std::vector<std::string_view> keys() const;
  /// The value's text as it stands in the file.
  std::string_view raw(std::string_view key);

  void finish() const;
  [[noreturn]] void fail(std::string_view key, const std::string& problem) const;

  const std::string& row() const { return row_; }
  void name(std::string row) { row_ = std::move(row); }

 private:
  const std::string_view* find(std::string_view key);
  std::int64_t whole_number(std::string_view key, std::string_view value, std::int64_t low, std::int64_t high) const;
  double any_number(std::string_view key, std::string_view value, double low, double high) const;

  std::string_view path_;
  std::string row_;
  std::vector<JsonMember> members_;
  std::bitset<kMaxJsonKeys> known_;
  std::uint64_t marks_ = 0;  ///< of the keys that are there; most that are asked for are not, and have another
  std::size_t next_ = 0;     ///< behind the member found last: keys are mostly asked for in the order they stand in
};

/// The string that the JSON text `value` is; `reader` and `key` are for messages.
std::string json_text(const RowReader& reader, std::string_view key, std::string_view value);

}  // namespace lfmfit
