#include <cstdlib>
#include <sstream>
#include <string>

#include "cli/run.hpp"
#include "fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::istringstream in(std::string(as_text(data, size)));
  std::ostringstream out, err;
  // A line may be refused, the program may not fail.
  if (lfmfit::cli::run({"batch"}, in, out, err, {std::nullopt, 80, false, {}, std::nullopt}) != 0) std::abort();
  return 0;
}
