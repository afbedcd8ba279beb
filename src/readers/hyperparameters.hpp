#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/gguf.hpp"

namespace lfmfit {

/// What is known of a model besides its tensors, under GGUF's keys without the architecture's name in front
/// ("attention.head_count"). A GGUF's metadata is that already; a config.json is brought to it.
class Hyperparameters {
 public:
  /// `file`: for messages.
  explicit Hyperparameters(std::string file, std::string architecture)
      : file_(std::move(file)), architecture_(std::move(architecture)) {}
  /// The keys of `header` that start with the architecture's name.
  static Hyperparameters of(const GgufHeader& header, const std::string& file);

  void set(const std::string& key, std::int64_t value) { values_[key] = {false, {value}}; }
  void set(const std::string& key, std::vector<std::int64_t> per_layer) { values_[key] = {true, std::move(per_layer)}; }
  void set_real(const std::string& key, double value) { reals_[key] = value; }

  const std::string& architecture() const { return architecture_; }
  /// Whether the key has a value. What follows, has() too, throws Error(kBadFile) naming a key whose value is no
  /// number: taken as absent it would change the model in silence.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  bool is_list(std::string_view key) const;
  /// One number for the whole model. Throws Error(kBadFile) when it is a list.
  std::optional<std::int64_t> number(std::string_view key) const;
  /// The number of one layer, where the key has one for each or one for all. Throws when the list is too short.
  std::optional<std::int64_t> number(std::string_view key, int layer) const;
  /// The first number of a key that is not 0; 0 without one.
  std::int64_t first_positive(std::string_view key) const;
  /// Whether no list tells the two layers apart.
  bool same(int layer, int other) const;
  std::optional<double> real(std::string_view key) const;
  /// As number(); throws Error(kBadFile) naming the key when it is not there.
  std::int64_t required(std::string_view key) const;

  [[noreturn]] void fail(std::string_view key, const std::string& problem) const;

 private:
  struct Value {
    bool is_list = false;
    std::vector<std::int64_t> numbers;
  };
  const Value* find(std::string_view key) const;

  std::string file_, architecture_;
  std::map<std::string, Value, std::less<>> values_;
  std::map<std::string, double, std::less<>> reals_;
  std::map<std::string, std::string, std::less<>> not_numbers_;  ///< what the other keys hold: "str", "a list of str"
};

}  // namespace lfmfit
