// A value that is not there, or is one with its copies.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace lfmfit {

/// Like std::optional, for large values that many have alike or not at all: takes a pointer's room, copies share the
/// value, and nobody changes it.
template <class Value>
class SharedValue {
 public:
  SharedValue() = default;
  // NOLINTBEGIN(google-explicit-constructor): as of std::optional
  SharedValue(std::nullopt_t) {}
  SharedValue(Value value) : value_(std::make_shared<const Value>(std::move(value))) {}
  SharedValue(std::shared_ptr<const Value> value) : value_(std::move(value)) {}
  SharedValue(std::optional<Value> value) {
    if (value) value_ = std::make_shared<const Value>(*std::move(value));
  }
  // NOLINTEND(google-explicit-constructor)

  explicit operator bool() const { return value_ != nullptr; }
  bool has_value() const { return value_ != nullptr; }
  /// The value, which is there.
  const Value& operator*() const { return *value_; }
  const Value* operator->() const { return value_.get(); }
  void reset() { value_.reset(); }
  /// What the copies share; null: no value.
  const std::shared_ptr<const Value>& pointer() const { return value_; }

  bool operator==(const SharedValue& other) const {
    return value_ == other.value_ || (value_ && other.value_ && *value_ == *other.value_);
  }

 private:
  std::shared_ptr<const Value> value_;
};

}  // namespace lfmfit
