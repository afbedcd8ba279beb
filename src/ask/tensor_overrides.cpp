#include "ask/tensor_overrides.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <regex>
#include <set>
#include <string_view>

#include "core/base/limits.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

namespace {

constexpr std::size_t kLongestPattern = 1000;  // letters of one
constexpr std::size_t kMostLetters = 4000;     // of all, each as often as it is repeated
constexpr std::size_t kMostGroups = 100;

[[noreturn]] void reject_override(const std::string& text, const std::string& why) {
  throw Error(ErrorKind::kBadRequest, fmt::format("--override-tensor '{}' {}", text, why));
}

/// -1, kHost: the host.
int place_called(const std::string& buffer, const std::string& text, const Backend& backend) {
  if (buffer == "CPU") return kHost;
  const std::string& gpu = backend.device_name;
  int number = 0;
  const char* end = buffer.data() + buffer.size();
  if (!backend.is_cpu && buffer.size() > gpu.size() && buffer.starts_with(gpu)) {
    const auto [rest, error] = std::from_chars(buffer.data() + gpu.size(), end, number);
    if (error == std::errc() && rest == end && number >= 0 && number < kMaxGpus) return number;
  }
  reject_override(text, "names no memory of " + backend.label + "; write PATTERN=CPU" +
                            (backend.is_cpu ? "" : fmt::format(" or PATTERN={0}0, {0}1, ...", gpu)));
}

/// How often the longest nest of "{9}" in `pattern` repeats something, at most.
std::size_t repeats_in(const std::string& pattern, const std::string& text) {
  std::size_t repeats = 1;
  for (std::size_t at = pattern.find('{'); at != std::string::npos; at = pattern.find('{', at + 1)) {
    std::size_t count = 1;
    std::from_chars(pattern.data() + at + 1, pattern.data() + pattern.size(), count);
    if (count > kMostLetters) reject_override(text, "repeats too much");
    repeats *= std::max<std::size_t>(count, 1);
    if (repeats > kMostLetters) reject_override(text, "repeats too much");
  }
  return repeats;
}

/// A pattern that takes time in proportion to what it is looked for in: libstdc++ else follows each path apart.
std::regex compiled(const std::string& pattern, const std::string& text) {
  auto kind = std::regex::ECMAScript | std::regex::nosubs;
#ifdef __GLIBCXX__
  kind |= std::regex_constants::__polynomial;
#endif
  try {
    std::regex alone(pattern, kind);
    return std::regex("[\\s\\S]*(?:" + pattern + ")[\\s\\S]*",
                      kind);  // one match of the whole, not one search from each letter
  } catch (const std::regex_error& error) {
    reject_override(text, std::string("is no regular expression: ") + error.what());
  }
}

class OverrideReader {
 public:
  OverrideReader(const Model& model, const Backend& backend) : backend_(backend) {
    for (const Tensor& tensor : tensors(model)) left_.insert({tensor.layer, tensor.name});
  }

  void add(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) reject_override(text, "has no pattern and '='; write PATTERN=CPU");
    TensorOverride result;
    result.pattern = text.substr(0, equals);
    result.place = place_called(text.substr(equals + 1), text, backend_);
    if (result.pattern.size() > kLongestPattern ||
        static_cast<std::size_t>(std::count(result.pattern.begin(), result.pattern.end(), '(')) > kMostGroups)
      reject_override(text.substr(0, 40) + "...",
                      fmt::format("is too long; write at most {} letters", kLongestPattern));
    letters_ += result.pattern.size() * repeats_in(result.pattern, text);
    if (letters_ > kMostLetters) reject_override(text, "and those before it are too much to look for; write fewer");
    take_tensors(compiled(result.pattern, text), result);
    overrides.push_back(std::move(result));
  }

  std::vector<TensorOverride> overrides;

 private:
  void take_tensors(const std::regex& pattern, TensorOverride& result) {
    for (auto name = left_.begin(); name != left_.end();) {
      const bool found = std::regex_match(full_name(*name), pattern);
      if (found) result.tensors.push_back(*name);
      name = found ? left_.erase(name) : std::next(name);
    }
  }

  const Backend& backend_;
  std::set<TensorName> left_;  ///< names that no override is for yet
  std::size_t letters_ = 0;
};

}  // namespace

std::vector<TensorOverride> parse_overrides(const std::vector<std::string>& texts, const Model& model,
                                            const Backend& backend) {
  if (texts.empty()) return {};
  OverrideReader reader(model, backend);
  for (const std::string& text : texts) {
    std::size_t from = 0;
    for (std::size_t comma = text.find(','); from != std::string::npos; comma = text.find(',', from)) {
      reader.add(text.substr(from, comma - from));
      from = comma == std::string::npos ? comma : comma + 1;
    }
  }
  return std::move(reader.overrides);
}

}  // namespace lfmfit::ask
