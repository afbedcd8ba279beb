#include "lfmfit/error.hpp"

namespace lfmfit {

const char* name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kBadRequest: return "bad_request";
    case ErrorKind::kUnknownModel: return "unknown_model";
    case ErrorKind::kUnknownDevice: return "unknown_device";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kBadFile: return "bad_file";
  }
  return "bad_request";
}

bool is_refusal(ErrorKind kind) { return kind == ErrorKind::kUnsupported || kind == ErrorKind::kBadRequest; }

}  // namespace lfmfit
