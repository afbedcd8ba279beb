#include "lfmfit/units.hpp"

#include "lfmfit/error.hpp"

namespace lfmfit {

void throw_too_big() {
  throw Error(ErrorKind::kBadRequest,
              "a size in this request exceeds 2^63 bytes; check the context, the batch and the model's dimensions");
}

}  // namespace lfmfit
