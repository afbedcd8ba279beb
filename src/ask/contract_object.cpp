#include "ask/contract_object.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/name_match.hpp"
#include "core/base/printable.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::size_t kMostFaults = 20;

}  // namespace

FaultyContract::FaultyContract(std::vector<std::string> faults)
    : Error(ErrorKind::kBadFile, faults.empty() ? std::string() : faults.front()), lines_(std::move(faults)) {}

void Faults::add(std::size_t line, const std::string& problem) {
  if (lines_.size() == kMostFaults) {
    ++more_;
  } else {
    lines_.emplace_back(line, problem);
  }
}

void Faults::raise() const {
  if (!any()) return;
  std::vector<std::pair<std::size_t, std::string>> sorted = lines_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> texts;
  for (const auto& [line, problem] : sorted) texts.push_back(fmt::format("{}:{}: {}", path_, line, problem));
  if (more_ > 0) texts.push_back(fmt::format("{}: and {} more", path_, more_));
  throw FaultyContract(std::move(texts));
}

std::string shown_value(const LocatedJson::Json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  return printable(value.dump(-1, ' ', false, LocatedJson::Json::error_handler_t::replace), 60);
}

ContractObject::ContractObject(const LocatedJson& file, const Json& value, Faults& faults, std::string name,
                               std::string prefix)
    : file_(&file), value_(&value), faults_(&faults), name_(std::move(name)), prefix_(std::move(prefix)) {
  if (!value.is_object()) fault("must be an object in braces, not " + shown_value(value));
}

void ContractObject::fault(const std::string& problem) {
  faults_->add(line(), fmt::format("{}{}{}", name_, name_.empty() ? "" : " ", problem));
}

void ContractObject::fault(const std::string& key, const std::string& problem) {
  const auto at = value_->find(key);
  const std::size_t key_line = at == value_->end() ? line() : file_->line_of(*at);
  faults_->add(key_line, fmt::format("{}{}{}{}: {}", name_, name_.empty() ? "" : ", ", prefix_, key, problem));
}

const LocatedJson::Json* ContractObject::take(const std::string& key) {
  known_.push_back(key);
  if (!value_->is_object()) return nullptr;
  const auto at = value_->find(key);
  return at == value_->end() ? nullptr : &*at;
}

std::optional<std::string> ContractObject::text(const std::string& key) {
  return parsed<std::string>(key, [](const Json& value) {
    if (!value.is_string() || value.get_ref<const std::string&>().empty())
      throw Error(ErrorKind::kBadFile, shown_value(value) + " is no text; write it in quotes");
    return value.get<std::string>();
  });
}

std::optional<bool> ContractObject::flag(const std::string& key) {
  return parsed<bool>(key, [](const Json& value) {
    if (!value.is_boolean()) throw Error(ErrorKind::kBadFile, shown_value(value) + " is neither true nor false");
    return value.get<bool>();
  });
}

std::optional<std::int64_t> ContractObject::whole(const std::string& key, std::int64_t least, std::int64_t most) {
  return parsed<std::int64_t>(key, [&](const Json& value) {
    const bool wraps = value.is_number_unsigned() &&
                       value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    const std::int64_t number = value.is_number_integer() && !wraps ? value.get<std::int64_t>() : least - 1;
    if (number >= least && number <= most) return number;
    throw Error(ErrorKind::kBadFile,
                fmt::format("{} is no whole number from {} to {}", shown_value(value), least, most));
  });
}

std::optional<double> ContractObject::number(const std::string& key, bool zero_too) {
  return parsed<double>(key, [&](const Json& value) {
    const double number = value.is_number() ? value.get<double>() : -1;
    if (std::isfinite(number) && (number > 0 || (zero_too && number == 0))) return number;
    throw Error(ErrorKind::kBadFile,
                fmt::format("{} is no number {}", shown_value(value), zero_too ? "from 0 on" : "above 0"));
  });
}

namespace {

NumberOrWord number_or_word_of(const LocatedJson::Json& value) {
  if (value.is_string() && !value.get_ref<const std::string&>().empty()) return value.get<std::string>();
  if (value.is_number_integer() && value.get<double>() >= 0 && value.get<double>() < 9e15)
    return value.get<std::int64_t>();
  throw Error(ErrorKind::kBadFile, shown_value(value) + " is neither a whole number from 0 on nor a word");
}

}  // namespace

std::optional<NumberOrWord> ContractObject::number_or_word(const std::string& key) {
  return parsed<NumberOrWord>(key, number_or_word_of);
}

std::vector<std::string> ContractObject::texts(const std::string& key) {
  std::vector<std::string> result;
  for (const NumberOrWord& each : numbers_or_words(key)) {
    const auto* word = std::get_if<std::string>(&each);
    if (word == nullptr) {
      fault(key, std::to_string(std::get<std::int64_t>(each)) + " is no text; write it in quotes");
    } else {
      result.push_back(*word);
    }
  }
  return result;
}

std::vector<NumberOrWord> ContractObject::numbers_or_words(const std::string& key) {
  const auto read = [](const Json& value) {
    if (!value.is_array()) return std::vector<NumberOrWord>{number_or_word_of(value)};
    if (value.empty()) throw Error(ErrorKind::kBadFile, "the list is empty; name at least one, or leave it out");
    std::vector<NumberOrWord> result;
    for (const Json& element : value) {
      result.push_back(number_or_word_of(element));
      if (std::count(result.begin(), result.end(), result.back()) > 1)
        throw Error(ErrorKind::kBadFile, shown_value(element) + " stands in the list twice");
    }
    return result;
  };
  return parsed<std::vector<NumberOrWord>>(key, read).value_or(std::vector<NumberOrWord>());
}

std::optional<std::size_t> ContractObject::word(const std::string& key, const std::vector<std::string_view>& words) {
  return parsed<std::size_t>(key, [&](const Json& value) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (value.is_string() && value.get_ref<const std::string&>() == words[i]) return i;
    }
    throw Error(ErrorKind::kBadFile, fmt::format("{} is none of {}", shown_value(value), fmt::join(words, ", ")));
  });
}

std::optional<ContractObject> ContractObject::object(const std::string& key) {
  const Json* value = take(key);
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return ContractObject(*file_, *value, *faults_, name_, prefix_ + key + ".");
  fault(key, "must be an object in braces, not " + shown_value(*value));
  return std::nullopt;
}

ContractObject ContractObject::child(const Json& value, std::string name, std::string prefix) const {
  return ContractObject(*file_, value, *faults_, std::move(name), std::move(prefix));
}

std::vector<std::string> ContractObject::keys() const {
  std::vector<std::string> result;
  if (!value_->is_object()) return result;
  for (const auto& member : value_->items()) result.push_back(member.key());
  return result;
}

bool ContractObject::finish() {
  if (!value_->is_object()) return false;
  bool all_known = true;
  for (const auto& member : value_->items()) {
    if (std::find(known_.begin(), known_.end(), member.key()) != known_.end()) continue;
    all_known = false;
    const std::string_view near = nearest_name(member.key(), {known_.begin(), known_.end()});
    const std::string hint =
        near.empty() ? fmt::format("known are {}", fmt::join(known_, ", ")) : fmt::format("did you mean {}?", near);
    faults_->add(file_->line_of(member.value()),
                 fmt::format("{}{}no key is called \"{}{}\"; {}", name_, name_.empty() ? "" : ": ", prefix_,
                             printable(member.key()), hint));
  }
  return all_known;
}

}  // namespace lfmfit::ask
