#include "lfmfit/reader_facts.hpp"

#include <memory>
#include <mutex>
#include <optional>

#include "catalog/config_key_rows.hpp"
#include "catalog/embedded_data.hpp"
#include "catalog/gguf_trait_rows.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

std::string_view embedded_text(std::string_view path) {
  for (const EmbeddedFile& file : embedded_data()) {
    if (file.path == path) return file.text;
  }
  throw Error(ErrorKind::kBadFile, std::string(path) + " is not built into this program; build it again");
}

/// What was parsed so far; it stays where it is.
struct Parsed {
  std::mutex reading;
  std::optional<std::vector<GgufTraits>> traits;
  std::optional<ConfigKeys> keys;
};

GgufTraits traits_of(Parsed& parsed, std::string_view architecture) {
  constexpr std::string_view kPath = "data/gguf_traits.json";
  const std::scoped_lock lock(parsed.reading);
  if (!parsed.traits) parsed.traits = read_gguf_traits(kPath, embedded_text(kPath));
  for (const GgufTraits& row : *parsed.traits) {
    if (row.architecture == architecture) return row;
  }
  return {};
}

const ConfigKeys& keys_of(Parsed& parsed) {
  constexpr std::string_view kPath = "data/config_keys.json";
  const std::scoped_lock lock(parsed.reading);
  if (!parsed.keys) parsed.keys = read_config_keys(kPath, embedded_text(kPath));
  return *parsed.keys;
}

}  // namespace

ReaderFacts reader_facts(const Catalog& catalog) {
  const auto parsed = std::make_shared<Parsed>();
  ReaderFacts facts;
  facts.architecture = [&catalog](std::string_view name) { return catalog.find_architecture(name); };
  facts.architecture_names = [&catalog] {
    std::vector<std::string> names;
    for (const Architecture& architecture : catalog.architectures()) names.push_back(architecture.name);
    return names;
  };
  facts.tensor_type = [&catalog](std::uint32_t number) { return catalog.tensor_type_numbered(number); };
  facts.traits = [parsed](std::string_view architecture) { return traits_of(*parsed, architecture); };
  facts.config_keys = [parsed]() -> const ConfigKeys& { return keys_of(*parsed); };
  return facts;
}

}  // namespace lfmfit
