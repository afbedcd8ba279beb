#include "lfmfit/reader_facts.hpp"

namespace lfmfit {

ReaderFacts reader_facts(const Catalog& catalog) {
  ReaderFacts facts;
  facts.architecture = [&catalog](std::string_view name) { return catalog.find_architecture(name); };
  facts.architecture_names = [&catalog] {
    std::vector<std::string> names;
    for (const Architecture& architecture : catalog.architectures()) names.push_back(architecture.name);
    return names;
  };
  facts.tensor_type = [&catalog](std::uint32_t number) { return catalog.tensor_type_numbered(number); };
  facts.traits = [&catalog](std::string_view architecture) {
    for (const GgufTraits& row : catalog.gguf_traits()) {
      if (row.architecture == architecture) return row;
    }
    return GgufTraits{};
  };
  facts.config_keys = [&catalog]() -> const ConfigKeys& { return catalog.config_keys(); };
  return facts;
}

}  // namespace lfmfit
