#include "readers/hyperparameters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

Hyperparameters Hyperparameters::of(const GgufHeader& header, const std::string& file) {
  Hyperparameters parameters(file, header.text("general.architecture"));
  const std::string prefix = parameters.architecture_ + ".";
  for (const GgufEntry& entry : header.metadata) {
    if (entry.key.compare(0, prefix.size(), prefix) != 0) continue;
    const std::string key = entry.key.substr(prefix.size());
    const GgufValue& value = entry.value;
    if (value.is_array && !value.integers.empty())
      parameters.set(key, value.integers);
    else if (!value.is_array && value.integers.size() == 1)
      parameters.set(key, value.integers[0]);
    else if (!value.is_array && value.reals.size() == 1)
      parameters.set_real(key, value.reals[0]);
    else
      parameters.not_numbers_[key] =
          value.is_array ? fmt::format("a list of {} {}", value.count, name_of(value.type)) : name_of(value.type);
  }
  return parameters;
}

void Hyperparameters::fail(std::string_view key, const std::string& problem) const {
  throw Error(ErrorKind::kBadFile,
              fmt::format("{}: {}.{} {}", printable(file_, 4096), printable(architecture_), printable(key), problem));
}

const Hyperparameters::Value* Hyperparameters::find(std::string_view key) const {
  const auto found = values_.find(key);
  if (found != values_.end()) return &found->second;
  if (const auto other = not_numbers_.find(key); other != not_numbers_.end())
    fail(key, fmt::format("is {}; a whole number is expected", other->second));
  return nullptr;
}

bool Hyperparameters::is_list(std::string_view key) const {
  const Value* value = find(key);
  return value != nullptr && value->is_list;
}

std::optional<std::int64_t> Hyperparameters::number(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) {
    if (reals_.find(key) != reals_.end()) fail(key, "is a fraction; a whole number is expected");
    return std::nullopt;
  }
  if (value->is_list) fail(key, "is a list; one number is expected");
  return value->numbers[0];
}

std::optional<std::int64_t> Hyperparameters::number(std::string_view key, int layer) const {
  const Value* value = find(key);
  if (value == nullptr || !value->is_list) return number(key);
  if (static_cast<std::size_t>(layer) >= value->numbers.size()) {
    fail(key, fmt::format("lists {} layers, but the model has more", value->numbers.size()));
  }
  return value->numbers[static_cast<std::size_t>(layer)];
}

std::int64_t Hyperparameters::first_positive(std::string_view key) const {
  const Value* value = find(key);
  if (value == nullptr) return 0;
  const auto positive =
      std::find_if(value->numbers.begin(), value->numbers.end(), [](std::int64_t n) { return n > 0; });
  return positive == value->numbers.end() ? 0 : *positive;
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
  if (found != reals_.end()) return found->second;
  const std::optional<std::int64_t> whole = number(key);
  return whole ? std::optional<double>(static_cast<double>(*whole)) : std::nullopt;
}

std::int64_t Hyperparameters::required(std::string_view key) const {
  const std::optional<std::int64_t> value = number(key);
  if (!value) fail(key, "is missing; convert the model again");
  return *value;
}

}  // namespace lfmfit
