#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lfmfit/config_keys.hpp"

namespace lfmfit {

/// The fields of a config.json that describe the language model, with the defaults of its class behind them. A field
/// that is null counts as absent. Remembers which fields were asked for, so that the others can be named.
class ConfigFields {
 public:
  /// Takes the fields of `document`, or of its text_config; `file` is for messages.
  ConfigFields(const nlohmann::json& document, std::string file);
  void set_type(const ConfigModelType& type) { type_ = &type; }

  const std::string& file() const { return file_; }
  /// Whole numbers; false, by which files say that there is none, as 0.
  std::optional<std::int64_t> integer(const std::string& name);
  std::optional<double> number(const std::string& name);
  /// True and false, or whole numbers of which 0 is false.
  std::optional<bool> flag(const std::string& name);
  /// A text as it is, true and false as "true" and "false".
  std::optional<std::string> word(const std::string& name);
  /// Takes the field as understood: another says the same.
  void skip(const std::string& name) { asked_.insert(name); }
  /// The elements of a list, one for each layer as words or numbers; null when there is none.
  const nlohmann::json* list(const std::string& name);
  std::vector<std::string> words(const std::string& name);
  /// Whether a number stands where others have a list.
  bool is_number(const std::string& name);
  /// The first of `names` that has a value, as integer(), or as a list that says the same for each layer.
  std::optional<std::int64_t> first_integer(const std::vector<std::string>& names);
  /// The same, which must be at least `least`: else an error names the field.
  std::optional<std::int64_t> first_integer(const std::vector<std::string>& names, std::int64_t least);

  /// Throws Error(kUnsupported) naming the first field that was not asked for and may change memory.
  void require_all_understood(const ConfigKeys& keys) const;
  [[noreturn]] void fail(const std::string& name, const std::string& problem) const;

 private:
  const nlohmann::json* find(const std::string& name);
  const ConfigDefault* default_of(const std::string& name) const;
  std::optional<std::int64_t> for_all_layers(const std::string& name, const nlohmann::json& list) const;

  nlohmann::json fields_;
  std::string file_;
  const ConfigModelType* type_ = nullptr;
  std::set<std::string> asked_;
};

}  // namespace lfmfit
