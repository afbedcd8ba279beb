#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ask/located_json.hpp"
#include "lfmfit/asked.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

/// All that is wrong with a contract, one line for each fault.
class FaultyContract : public Error {
 public:
  explicit FaultyContract(std::vector<std::string> faults);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::vector<std::string> lines_;
};

/// Collects the faults of one contract; those beyond twenty are counted only.
class Faults {
 public:
  explicit Faults(std::string path) : path_(std::move(path)) {}

  void add(std::size_t line, const std::string& problem);
  bool any() const { return !lines_.empty(); }
  /// Throws FaultyContract where there is any, in the order of their lines.
  void raise() const;

 private:
  std::string path_;
  std::vector<std::pair<std::size_t, std::string>> lines_;
  std::size_t more_ = 0;
};

/// An object of a contract, read key by key. What is wrong is noted among the faults, each with line, name of the
/// object and key, and reading goes on. At finish() keys that nobody asked for are faults too.
class ContractObject {
 public:
  using Json = LocatedJson::Json;

  /// `name` is what messages call it: "check \"chat\""; `prefix` what stands before its keys: "require.". What is
  /// handed over must outlive it.
  ContractObject(const LocatedJson& file, const Json& value, Faults& faults, std::string name, std::string prefix = {});

  /// The value under `key`, which is known from then on; null: there is none.
  const Json* take(const std::string& key);

  std::optional<std::string> text(const std::string& key);
  std::optional<bool> flag(const std::string& key);
  std::optional<std::int64_t> whole(const std::string& key, std::int64_t least, std::int64_t most);
  /// More than 0, or from 0 on.
  std::optional<double> number(const std::string& key, bool zero_too = false);
  std::optional<NumberOrWord> number_or_word(const std::string& key);
  /// One text or a list of them, none of them twice.
  std::vector<std::string> texts(const std::string& key);
  /// One number or word, or a list of them.
  std::vector<NumberOrWord> numbers_or_words(const std::string& key);
  /// One of `words`: its place among them.
  std::optional<std::size_t> word(const std::string& key, const std::vector<std::string_view>& words);
  /// What `read` makes of a text, or of a number; it throws Error for what it does not understand.
  template <class Value>
  std::optional<Value> parsed(const std::string& key, const std::function<Value(const Json&)>& read) {
    const Json* value = take(key);
    if (value == nullptr) return std::nullopt;
    try {
      return read(*value);
    } catch (const Error& error) {
      fault(key, error.what());
      return std::nullopt;
    }
  }
  /// The object under `key`, if there is one.
  std::optional<ContractObject> object(const std::string& key);
  ContractObject child(const Json& value, std::string name, std::string prefix = {}) const;

  std::vector<std::string> keys() const;
  /// Whether all keys are known.
  bool finish();
  /// Notes that `key` is wrong.
  void fault(const std::string& key, const std::string& problem);
  /// Notes that something is wrong with the object itself.
  void fault(const std::string& problem);

  bool is_object() const { return value_->is_object(); }
  std::size_t line() const { return file_->line_of(*value_); }

 private:
  const LocatedJson* file_;
  const Json* value_;
  Faults* faults_;
  std::string name_, prefix_;
  std::vector<std::string> known_;
};

/// What a message shows of a value: short, whatever the file holds.
std::string shown_value(const LocatedJson::Json& value);

}  // namespace lfmfit::ask
