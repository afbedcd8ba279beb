#include "fuzz.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "lfmfit/reader_facts.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lfmfit::Catalog catalog;
  static const lfmfit::ReaderFacts facts = lfmfit::reader_facts(catalog);
  try {
    const lfmfit::Model model =
        lfmfit::model_of_config(*lfmfit::bytes_in_memory("config.json", as_text(data, size)), facts);
    (void)lfmfit::parameter_count(model);
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
