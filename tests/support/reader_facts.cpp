#include "support/reader_facts.hpp"

#include "catalog/config_key_rows.hpp"
#include "catalog/gguf_trait_rows.hpp"
#include "support/tensor_list.hpp"
#include "support/tensor_types.hpp"

namespace test {

using namespace lfmfit;

const Catalog& catalog() {
  static const Catalog instance;
  return instance;
}

const ReaderFacts& reader_facts() {
  static const std::vector<GgufTraits> traits = read_gguf_traits("data/gguf_traits.json", read_project_file("data/gguf_traits.json"));
  static const ConfigKeys keys = read_config_keys("data/config_keys.json", read_project_file("data/config_keys.json"));
  static const ReaderFacts facts{
      [](std::string_view name) -> const Architecture* {
        for (const Architecture& architecture : catalog().architectures()) {
          if (architecture.name == name) return &architecture;
        }
        return nullptr;
      },
      [] {
        std::vector<std::string> names;
        for (const Architecture& architecture : catalog().architectures()) names.push_back(architecture.name);
        return names;
      },
      tensor_type_of,
      [](std::string_view name) {
        for (const GgufTraits& row : traits) {
          if (row.architecture == name) return row;
        }
        return GgufTraits{};
      },
      &keys};
  return facts;
}

}  // namespace test
