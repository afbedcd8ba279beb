#include "fuzz.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/safetensors.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto source = lfmfit::bytes_in_memory("fuzz.safetensors", as_text(data, size));
  try {
    (void)lfmfit::read_safetensors(*source);
  } catch (const lfmfit::Error&) {
  }
  try {
    (void)lfmfit::read_safetensors_index(*source);
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
