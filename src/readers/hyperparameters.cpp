#include "readers/hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lfmfit/error.hpp"
#include "readers/printable.hpp"

namespace lfmfit {

Hyperparameters Hyperparameters::of(const GgufHeader& header, const std::string& file) {
  Hyperparameters parameters(file, header.text("general.architecture"));
  const std::string prefix = parameters.architecture_ + ".";
  for (const GgufEntry& entry : header.metadata) {
    if (entry.key.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string key = entry.key.substr(prefix.size());
    const GgufValue& value = entry.value;
    if (value.is_array && !value.integers.empty()) parameters.set(key, value.integers);
    if (!value.is_array && value.integers.size() == 1) parameters.set(key, value.integers[0]);
    if (!value.is_array && value.reals.size() == 1) parameters.set_real(key, value.reals[0]);
  }
  return parameters;
}

void Hyperparameters::fail(std::string_view key, const std::string& problem) const {
  throw Error(ErrorKind::kBadFile,
              fmt::format("{}: {}.{} {}", printable(file_, 4096), printable(architecture_), printable(key), problem));
}

bool Hyperparameters::is_list(std::string_view key) const {
  const auto found = values_.find(key);
  return found != values_.end() && found->second.is_list;
}

std::optional<std::int64_t> Hyperparameters::number(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  if (found->second.is_list) fail(key, "is a list; one number is expected");
  return found->second.numbers[0];
}

std::optional<std::int64_t> Hyperparameters::number(std::string_view key, int layer) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return std::nullopt;
  const Value& value = found->second;
  if (!value.is_list) return value.numbers[0];
  if (static_cast<std::size_t>(layer) >= value.numbers.size()) {
    fail(key, fmt::format("lists {} layers, but the model has more", value.numbers.size()));
  }
  return value.numbers[static_cast<std::size_t>(layer)];
}

std::int64_t Hyperparameters::first_positive(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) return 0;
  const auto& numbers = found->second.numbers;
  const auto positive = std::find_if(numbers.begin(), numbers.end(), [](std::int64_t n) { return n > 0; });
  return positive == numbers.end() ? 0 : *positive;
}

bool Hyperparameters::same(int layer, int other) const {
  return std::all_of(values_.begin(), values_.end(), [&](const auto& entry) {
    const Value& value = entry.second;
    const auto at = [&](int i) {
      return static_cast<std::size_t>(i) < value.numbers.size() ? value.numbers[static_cast<std::size_t>(i)] : -1;
    };
    return !value.is_list || at(layer) == at(other);
  });
}

std::optional<double> Hyperparameters::real(std::string_view key) const {
  const auto found = reals_.find(key);
  return found == reals_.end() ? std::nullopt : std::optional<double>(found->second);
}

std::int64_t Hyperparameters::required(std::string_view key) const {
  const std::optional<std::int64_t> value = number(key);
  if (!value) fail(key, "is missing; convert the model again");
  return *value;
}

}  // namespace lfmfit
