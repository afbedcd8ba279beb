#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "lfmfit/architecture.hpp"

namespace lfmfit {

/// Moves settings into the fields they are named after, checks their ranges, and notes which were used.
class SettingReader {
 public:
  /// `where` goes into messages: "attention block 'a'". `used` receives every name that a field exists for.
  SettingReader(const Settings& settings, std::string where, std::set<std::string>& used)
      : settings_(settings), where_(std::move(where)), used_(used) {}

  /// A number from `low` to `high`. Without a setting the field keeps its value, which must lie there too.
  void number(const char* name, std::int64_t& field, std::int64_t low, std::int64_t high);
  void number(const char* name, int& field, int low, int high);
  void flag(const char* name, bool& field);

  /// A choice; its words are those of setting_value.
  template <class Choice>
  void choice(const char* name, Choice& field) {
    auto value = static_cast<std::int64_t>(field);
    number(name, value, 0, last_choice(name));
    field = static_cast<Choice>(value);
  }

 private:
  static std::int64_t last_choice(std::string_view name);

  const Settings& settings_;
  std::string where_;
  std::set<std::string>& used_;
};

}  // namespace lfmfit
