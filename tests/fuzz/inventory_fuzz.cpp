#include <string>

#include "fuzz.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/inventory.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    (void)lfmfit::read_inventory({{"fuzz", std::string(as_text(data, size))}});
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
