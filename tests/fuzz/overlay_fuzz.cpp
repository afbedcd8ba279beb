#include <string>

#include "fuzz.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const lfmfit::Catalog catalog({{"fuzz.json", std::string(as_text(data, size))}});
    (void)catalog.models();
    (void)catalog.devices();
    (void)catalog.quantizations();
    (void)catalog.backends();
    (void)catalog.architectures();
    (void)catalog.speed();
    (void)catalog.gguf_traits();
    (void)catalog.config_keys();
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
