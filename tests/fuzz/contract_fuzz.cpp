#include <string>

#include "ask/baseline_reader.hpp"
#include "ask/contract_reader.hpp"
#include "fuzz.hpp"
#include "lfmfit/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(as_text(data, size));
  try {
    lfmfit::ask::Faults faults("fuzz.json");
    (void)lfmfit::ask::read_contract("fuzz.json", text, "0.1.0", faults);
    faults.raise();
  } catch (const lfmfit::Error&) {
  }
  try {
    (void)lfmfit::ask::read_baseline("fuzz.json", text);
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
