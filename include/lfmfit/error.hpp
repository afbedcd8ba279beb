// The one exception of this library, and the kinds of it.
#pragma once

#include <stdexcept>
#include <string>

namespace lfmfit {

/// What went wrong, as far as a program that reads lfmfit's answers needs to know.
enum class ErrorKind {
  kBadRequest,     ///< an option or a field of a request has a value that cannot be used
  kUnknownModel,   ///< no model of that name, or several
  kUnknownDevice,  ///< no device of that name, or several
  kUnsupported,    ///< understood, but outside what lfmfit can answer truthfully
  kBadFile,        ///< a file is missing, broken, or holds what it must not
};

/// The word for `kind` in JSON answers: "bad_request", "unknown_model", ...
const char* name_of(ErrorKind kind);

/// Whether `kind` refuses one question, so that another about the same things may be answered: kUnsupported and
/// kBadRequest.
bool is_refusal(ErrorKind kind);

/// The only exception lfmfit throws on purpose. The message names the offending thing and says what to do next.
/// "Does not fit" is an answer, never an error.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace lfmfit
