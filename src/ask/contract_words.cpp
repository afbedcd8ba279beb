#include "ask/contract_words.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "ask/contract_object.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostSize = 1e15;

constexpr std::array<std::pair<std::string_view, double>, 9> kUnits = {{{"B", 1},
                                                                        {"kB", 1e3},
                                                                        {"MB", 1e6},
                                                                        {"GB", 1e9},
                                                                        {"TB", 1e12},
                                                                        {"KiB", 1024.0},
                                                                        {"MiB", 1048576.0},
                                                                        {"GiB", 1073741824.0},
                                                                        {"TiB", 1099511627776.0}}};

/// "1.5 GiB" as 1.5 and "GiB"; one blank between them or none.
std::optional<std::pair<double, std::string_view>> number_and_unit(const Json& value) {
  if (!value.is_string()) return std::nullopt;
  const std::string& text = value.get_ref<const std::string&>();
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(number) || number < 0) return std::nullopt;
  std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return std::pair(number, unit);
}

std::optional<Bytes> bytes_of(const Json& value) {
  std::optional<double> bytes;
  if (value.is_number_integer()) bytes = value.get<double>();
  if (const auto measure = number_and_unit(value)) {
    for (const auto& [unit, each] : kUnits) {
      if (measure->second == unit) bytes = measure->first * each;
    }
  }
  if (!bytes || *bytes < 0 || *bytes > kMostSize) return std::nullopt;
  return Bytes(std::llround(*bytes));
}

[[noreturn]] void reject_value(const Json& value, const char* what) {
  throw Error(ErrorKind::kBadFile, shown_value(value) + what);
}

/// "0.10.2" as {0, 10, 2}; what is missing is 0.
std::optional<std::array<int, 3>> version_of(std::string_view text) {
  std::array<int, 3> parts{};
  const char* at = text.data();
  const char* end = text.data() + text.size();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto [rest, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc()) return std::nullopt;
    if (rest == end) return i > 0 ? std::optional(parts) : std::nullopt;
    if (*rest != '.') return std::nullopt;
    at = rest + 1;
  }
  return std::nullopt;
}

std::array<int, 3> bound_of(std::string_view bound, std::string_view sign) {
  const auto version = bound.substr(0, sign.size()) == sign ? version_of(bound.substr(sign.size())) : std::nullopt;
  if (!version) throw Error(ErrorKind::kBadFile, "this is no range of versions; write \">=0.2\" or \">=0.2 <1.0\"");
  return *version;
}

}  // namespace

Bytes size_word(const Json& value) {
  if (const auto bytes = bytes_of(value)) return *bytes;
  reject_value(value, " is no size; write 1 GB, 1 GiB or a number of bytes");
}

SizeOrShare size_or_share_word(const Json& value) {
  const auto measure = number_and_unit(value);
  if (measure && measure->second == "%" && measure->first <= 100) return {{}, measure->first / 100};
  if (const auto bytes = bytes_of(value)) return {*bytes, std::nullopt};
  reject_value(value, " is no size; write 1 GB, 1 GiB or 10 %");
}

Seconds seconds_word(const Json& value) {
  double seconds = value.is_number() ? value.get<double>() : 0;
  if (const auto measure = number_and_unit(value)) {
    if (measure->second == "s") seconds = measure->first;
    if (measure->second == "ms") seconds = measure->first / 1000;
  }
  if (std::isfinite(seconds) && seconds > 0) return Seconds(seconds);
  reject_value(value, " is no time; write 2 s, 250 ms or a number of seconds");
}

bool is_in_versions(std::string_view range, std::string_view version) {
  const std::size_t blank = range.find(' ');
  const auto now = version_of(version).value_or(std::array<int, 3>{});
  if (now < bound_of(range.substr(0, blank), ">=")) return false;
  return blank == std::string_view::npos || now < bound_of(range.substr(blank + 1), "<");
}

}  // namespace lfmfit::ask
