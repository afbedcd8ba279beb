#pragma once

#include <vector>

namespace lfmfit::cli {

/// A variable of the environment that says what an option is where it is not typed.
struct UsualValue {
  const char* variable;   ///< "LFMFIT_QUANT"
  const char* option;     ///< its first long name, "--quant", or "MODEL"
  char separator = '\0';  ///< between several values; '\0': it is one
};

/// All of them, as the README lists them. Which runtime is usual, LFMFIT_RUNTIME says to batches and contracts too, and
/// src/ask reads it.
const std::vector<UsualValue>& usual_values();

}  // namespace lfmfit::cli
