#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// What follows `mark` in `line`, blanks aside; unset: it is not there.
std::optional<std::string_view> behind(std::string_view line, std::string_view mark);

/// What stands between `mark` and `end`; unset where one of them is missing.
std::optional<std::string_view> between(std::string_view line, std::string_view mark, std::string_view end);

/// The first word of `text`.
std::string_view first_word(std::string_view text);
/// The last word of `text`.
std::string_view last_word(std::string_view text);

/// The number that `text` begins with, with commas between its thousands or without; unset: none.
std::optional<double> leading_number(std::string_view text);
std::optional<std::int64_t> leading_integer(std::string_view text);

/// The size that `text` begins with: "694.76 MiB", "8.32GiB", "1879048192" (bytes); unset: none.
std::optional<Bytes> leading_size(std::string_view text);

/// "1", "true", "True", "enabled" and "on" are true, "0", "false", "False", "disabled" and "off" are false.
std::optional<bool> leading_flag(std::string_view text);

/// The value of `key` in "key=value", "key='value'" or "'key': value", without quotes; unset: it is not there.
std::optional<std::string_view> value_of(std::string_view line, std::string_view key);

}  // namespace lfmfit
