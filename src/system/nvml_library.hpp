#pragma once

#include <fmt/format.h>

#include <cstring>
#include <string>

#include "system/nvml_abi.hpp"
#include "system/shared_library.hpp"

namespace lfmfit::nvml {

/// Text in a buffer that was handed out, up to its end or the buffer's.
template <std::size_t Size>
std::string text_in(const char (&buffer)[Size]) {
  return std::string(buffer, strnlen(buffer, Size));
}

/// The functions of the library. Each that is missing counts as one that fails.
class Library {
 public:
  explicit Library(const SharedLibrary& library) : library_(library) {}

  /// Calls `name`, whose parameters are exactly those of `arguments`.
  template <class... Arguments>
  Result call(const char* name, Arguments... arguments) const {
    constexpr Result kNotFound = 13;
    auto* function = library_.function<Result(Arguments...)>(name);
    return function == nullptr ? kNotFound : function(arguments...);
  }

  bool has(const char* name) const { return library_.function<Result()>(name) != nullptr; }

  /// The text that `name` writes for `device`; empty where it fails.
  std::string text(const char* name, Device device) const {
    char buffer[128] = {};
    const Result result = call(name, device, buffer, static_cast<unsigned>(sizeof buffer - 1));
    return result == kSuccess ? text_in(buffer) : std::string();
  }

  std::string error(Result result) const {
    auto* function = library_.function<const char*(Result)>("nvmlErrorString");
    const char* text = function == nullptr ? nullptr : function(result);
    return text == nullptr ? fmt::format("error {}", result) : std::string(text);
  }

 private:
  const SharedLibrary& library_;
};

/// Between nvmlInit and nvmlShutdown.
class Session {
 public:
  explicit Session(const Library& library) : library_(library) { result_ = library.call("nvmlInit_v2"); }
  ~Session() {
    if (result_ == kSuccess) library_.call("nvmlShutdown");
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Result result() const { return result_; }

 private:
  const Library& library_;
  Result result_;
};

}  // namespace lfmfit::nvml
