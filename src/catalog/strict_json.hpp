#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lfmfit {

/// The JSON value of `text`. Throws Error(kBadFile) naming `path` when it is no JSON, names a key twice in one object,
/// or nests deeper than any data file does.
nlohmann::json parse_json(std::string_view path, std::string_view text);

/// One object of a data file, read key by key: a missing key, a value of another kind and, at finish(), a key nobody
/// asked for each throw Error(kBadFile) naming file, row and key. The JSON value and `path` must outlive it.
///
///     const nlohmann::json document = parse_json(path, text);
///     StrictObject root(document, path);
///     for (StrictObject& row : root.objects("devices", "id")) {
///       device.id = row.text("id");
///       row.finish();
///     }
///     root.finish();
class StrictObject {
 public:
  /// `row` is what messages call the object; empty for the file itself.
  StrictObject(const nlohmann::json& value, std::string_view path, std::string row = {});

  /// Whether the key is there; it then counts as known.
  bool has(const std::string& key);

  std::string text(const std::string& key);
  std::string text_or(const std::string& key, std::string fallback);
  /// A whole number in [min, max].
  std::int64_t integer(const std::string& key, std::int64_t min = 0,
                       std::int64_t max = std::numeric_limits<std::int64_t>::max());
  std::int64_t integer_or(const std::string& key, std::int64_t fallback, std::int64_t min = 0,
                          std::int64_t max = std::numeric_limits<std::int64_t>::max());
  /// A number of at least `min`.
  double number(const std::string& key, double min = 0);
  double number_or(const std::string& key, double fallback, double min = 0);
  bool flag(const std::string& key);
  bool flag_or(const std::string& key, bool fallback);
  std::optional<bool> optional_flag(const std::string& key);
  std::vector<std::string> texts(const std::string& key);
  /// Whole numbers of at least `min`.
  std::vector<std::int64_t> integers(const std::string& key, std::int64_t min = 0);

  /// The object under `key`; messages call it row.key.
  StrictObject object(const std::string& key);
  /// The objects of the array under `key`. Messages call each by the text under its `id_key`, or row.key[index].
  std::vector<StrictObject> objects(const std::string& key, const std::string& id_key = {});
  /// The value under `key` as it is, for what has a form of its own.
  const nlohmann::json& raw(const std::string& key);
  /// All keys, for objects whose keys are names (a table).
  std::vector<std::string> keys() const;

  /// Throws when the object has a key that nobody asked for. Call it when all is read.
  void finish() const;

  /// Throws Error(kBadFile) about `key` of this row.
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;

  const std::string& row() const { return row_; }

 private:
  const nlohmann::json& array(const std::string& key);
  std::string child(const std::string& key) const;

  const nlohmann::json* value_;
  std::string_view path_;
  std::string row_;
  std::set<std::string> known_;
};

}  // namespace lfmfit
