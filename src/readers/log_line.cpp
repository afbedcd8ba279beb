#include "readers/log_line.hpp"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace lfmfit {

namespace {

constexpr std::size_t kLongestNumber = 40;
constexpr double kMostSize = 1e16;

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) text.remove_prefix(1);
  return text;
}

bool is_letter_of_number(char letter) {
  return std::isdigit(static_cast<unsigned char>(letter)) != 0 || letter == '.' || letter == ',';
}

/// Letters at the front of `text` that make up a number.
std::size_t length_of_number(std::string_view text) {
  std::size_t length = !text.empty() && text.front() == '-' ? 1 : 0;
  while (length < text.size() && length < kLongestNumber && is_letter_of_number(text[length])) ++length;
  while (length > 0 && (text[length - 1] == '.' || text[length - 1] == ',')) --length;
  return length;
}

bool is_word_letter(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_'; }

}  // namespace

std::optional<std::string_view> behind(std::string_view line, std::string_view mark) {
  const std::size_t at = line.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  return without_blanks(line.substr(at + mark.size()));
}

std::optional<std::string_view> between(std::string_view line, std::string_view mark, std::string_view end) {
  const std::optional<std::string_view> rest = behind(line, mark);
  const std::size_t at = rest ? rest->find(end) : std::string_view::npos;
  return at == std::string_view::npos ? std::nullopt : std::optional(rest->substr(0, at));
}

std::string_view first_word(std::string_view text) {
  text = without_blanks(text);
  return text.substr(0, text.find_first_of(" \t"));
}

std::string_view last_word(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  const std::size_t blank = text.find_last_of(" \t");
  return blank == std::string_view::npos ? text : text.substr(blank + 1);
}

std::optional<double> leading_number(std::string_view text) {
  text = without_blanks(text);
  std::string digits;
  for (const char letter : text.substr(0, length_of_number(text))) {
    if (letter != ',') digits += letter;
  }
  char* end = nullptr;
  const double number = std::strtod(digits.c_str(), &end);
  const bool is_whole = !digits.empty() && *end == '\0' && std::isfinite(number);
  return is_whole ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> leading_integer(std::string_view text) {
  const std::optional<double> number = leading_number(text);
  if (!number || std::abs(*number) > 9e15 || *number != std::floor(*number)) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<Bytes> leading_size(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  constexpr std::array<Unit, 7> kUnits = {{{"KiB", 1024.0},
                                           {"MiB", 1048576.0},
                                           {"GiB", 1073741824.0},
                                           {"MB", 1e6},
                                           {"GB", 1e9},
                                           {"TiB", 1099511627776.0},
                                           {"B", 1}}};
  text = without_blanks(text);
  const std::optional<double> number = leading_number(text);
  if (!number || *number < 0) return std::nullopt;
  const std::string_view rest = without_blanks(text.substr(length_of_number(text)));
  double bytes = *number;
  for (const Unit& unit : kUnits) {
    if (!rest.starts_with(unit.name)) continue;
    bytes *= unit.bytes;
    break;
  }
  return bytes < kMostSize ? std::optional(Bytes(std::llround(bytes))) : std::nullopt;
}

std::optional<bool> leading_flag(std::string_view text) {
  text = without_blanks(text);
  for (const std::string_view yes : {"1", "true", "True", "enabled", "on"}) {
    if (text.starts_with(yes)) return true;
  }
  for (const std::string_view no : {"0", "false", "False", "disabled", "off"}) {
    if (text.starts_with(no)) return false;
  }
  return std::nullopt;
}

std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  for (std::size_t at = line.find(key); at != std::string_view::npos; at = line.find(key, at + 1)) {
    if (at > 0 && is_word_letter(line[at - 1])) continue;
    std::string_view rest = line.substr(at + key.size());
    if (rest.starts_with("'")) rest.remove_prefix(1);
    if (!rest.starts_with("=") && !rest.starts_with(":")) continue;
    rest = without_blanks(rest.substr(1));
    const char quote = rest.empty() ? ' ' : rest.front();
    if (quote == '\'' || quote == '"') {
      rest.remove_prefix(1);
      return rest.substr(0, rest.find(quote));
    }
    return rest.substr(0, rest.find_first_of(", })"));
  }
  return std::nullopt;
}

}  // namespace lfmfit
