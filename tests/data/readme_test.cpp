#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "support/source_folder.hpp"

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

const fs::path kData = fs::path(test::source_folder()) / "data";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What data/README.md says between `begin` and the next `end`.
std::string passage(const std::string& begin, const std::string& end) {
  const std::string readme = read(kData / "README.md");
  const std::size_t start = readme.find(begin);
  INFO(begin);
  REQUIRE(start != std::string::npos);
  return readme.substr(start, readme.find(end, start + begin.size()) - start);
}

/// The words of `text` between back quotes.
std::set<std::string> quoted(const std::string& text) {
  std::set<std::string> words;
  for (std::size_t open = text.find('`'); open != std::string::npos;) {
    const std::size_t close = text.find('`', open + 1);
    if (close == std::string::npos) break;
    words.insert(text.substr(open + 1, close - open - 1));
    open = text.find('`', close + 1);
  }
  return words;
}

/// The rows under `key` in a file of data/ or all files of a folder.
std::vector<Json> rows_of(const fs::path& place, const std::string& key) {
  std::vector<fs::path> files{place};
  if (fs::is_directory(place)) files.assign(fs::directory_iterator(place), fs::directory_iterator());
  std::vector<Json> rows;
  for (const fs::path& file : files) {
    const Json document = Json::parse(read(file));
    for (const Json& row : document.at(key)) rows.push_back(row);
  }
  REQUIRE_FALSE(rows.empty());
  return rows;
}

struct Kind {
  const char* place;
  const char* key;
  const char* heading;
};

constexpr Kind kKinds[]{{"models", "models", "## models/"},
                        {"devices", "devices", "## devices/"},
                        {"architectures.json", "architectures", "## architectures.json"},
                        {"well_known.json", "well_known", "## well_known.json"},
                        {"gguf_traits.json", "gguf_traits", "## gguf_traits.json"},
                        {"config_keys.json", "model_types", "## config_keys.json"},
                        {"quantizations.json", "quantizations", "## quantizations.json"},
                        {"tensor_types.json", "tensor_types", "## tensor_types.json"},
                        {"backends.json", "backends", "## backends.json"},
                        {"checkpoint_forms.json", "checkpoint_forms", "## checkpoint_forms.json"},
                        {"mlx.json", "mlx", "## mlx.json"},
                        {"host_memory.json", "host_memory", "## host_memory.json"},
                        {"memory_rules.json", "memory_rules", "## memory_rules.json"},
                        {"command_lines.json", "command_lines", "## command_lines.json"},
                        {"gguf_repositories.json", "gguf_repositories", "## gguf_repositories.json"}};

TEST_CASE("data/README.md explains every key that a row has") {
  for (const Kind& kind : kKinds) {
    CAPTURE(kind.place);
    const std::set<std::string> explained = quoted(passage(kind.heading, "\n## "));
    std::set<std::string> unexplained;
    for (const Json& row : rows_of(kData / kind.place, kind.key)) {
      for (const auto& [key, value] : row.items()) {
        if (explained.count(key) == 0) unexplained.insert(key);
      }
    }
    CHECK(unexplained == std::set<std::string>{});
  }
}

TEST_CASE("every row of a model has the keys that data/README.md asks for") {
  const std::set<std::string> of_all = quoted(passage("Every row here has", "and besides"));
  const std::set<std::string> of_shapes = quoted(passage("or all of `architecture`", "."));
  REQUIRE(of_all.count("release_date") == 1);
  REQUIRE(of_shapes.count("parameters") == 1);
  for (const Json& row : rows_of(kData / "models", "models")) {
    CAPTURE(row["id"]);
    for (const std::string& key : of_all) CHECK((row.contains(key) ? "" : key) == "");
    if (row.contains("shape_of")) continue;
    for (const std::string& key : of_shapes) CHECK((row.contains(key) ? "" : key) == "");
  }
}

}  // namespace
