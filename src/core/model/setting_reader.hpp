#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lfmfit/architecture.hpp"

namespace lfmfit {

/// Names of settings that fields exist for; literals of the program.
using SettingNames = std::vector<std::string_view>;

/// Moves settings into the fields they are named after, checks their ranges, and notes which names there are.
class SettingReader {
 public:
  /// `where` goes into messages: "block 'a'". `known` receives every name that a field exists for.
  SettingReader(const Settings& settings, std::string where, SettingNames& known)
      : settings_(settings), where_(std::move(where)), known_(known) {}

  /// A number from `low` to `high`. Without a setting the field keeps its value, which must lie there too.
  void number(const char* name, std::int64_t& field, std::int64_t low, std::int64_t high);
  void number(const char* name, int& field, int low, int high);
  /// Throws Error(kBadFile) unless `part`, a setting, is contained in `whole`, another, some times exactly.
  void multiple(const char* whole, std::int64_t whole_value, const char* part, std::int64_t part_value) const;
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
  SettingNames& known_;
};

}  // namespace lfmfit
