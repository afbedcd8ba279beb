#include "render/screen.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "catalog/well_known.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "render/style.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using test::words;

namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> rows_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::string screen(const std::string& line) {
  const test::ProgramRun outcome = test::lfmfit(words(line));
  INFO(line << "\n" << outcome.err);
  REQUIRE(outcome.code == 0);
  return outcome.out;
}

/// `text` without the sentences on the model and the request, which may be many.
std::vector<std::string> without_notes(const std::string& text) {
  std::vector<std::string> lines;
  bool is_note = false;
  for (const std::string& line : rows_of(text)) {
    is_note = line.rfind("Note", 0) == 0 || line.rfind("Not counted", 0) == 0 || (is_note && line.rfind("  ", 0) == 0);
    if (!is_note) lines.push_back(line);
  }
  return lines;
}

/// The line of `text` that begins so; empty: there is none.
std::string line_of(const std::string& text, const std::string& beginning) {
  for (const std::string& line : rows_of(text)) {
    if (line.compare(0, beginning.size(), beginning) == 0) return line;
  }
  return "";
}

TEST_CASE("The first screen of any model fits a terminal of 24 lines and 80 columns, and says how to see more") {
  const auto line = GENERATE("", "llama-3.3-70b", "gpt-oss-20b -c 128k", "qwen3-30b-a3b -c max", "gemma-3-27b -np 4",
                             "qwen3-8b -q unsloth:UD-Q4_K_XL", "bge-m3", "--backend vulkan");
  CAPTURE(line);
  const std::string text = screen(line);
  CHECK(without_notes(text).size() <= 24);
  for (const std::string& one : rows_of(text)) CHECK(lfmfit::render::width_of(one) <= 80);
  CHECK_THAT(text, Contains("--verbose") && Contains("Runs on") && !Contains(" 0.00") && !Contains(" 0 tight"));
}

TEST_CASE("The usual first screen takes 22 lines at most") { CHECK(rows_of(screen("")).size() <= 22); }

TEST_CASE("The well-known devices are shown, of rising size, cards first, each with its own figures") {
  const lfmfit::Catalog catalog;
  const std::string text = screen("qwen3-8b");
  const Json json = Json::parse(screen("qwen3-8b --json"));
  std::size_t last = 0;
  for (const char* list : {"gpus", "devices"}) {
    double memory = 0;
    std::vector<Json> shown;
    for (const lfmfit::Device* device : lfmfit::well_known_devices(catalog, {})) {
      for (const Json& row : json.at(list)) {
        if (row.at("id") == device->id) shown.push_back(row);
      }
    }
    REQUIRE(shown.size() >= 3);
    std::sort(shown.begin(), shown.end(), [](const Json& a, const Json& b) {
      return a.at("usable_bytes").get<double>() < b.at("usable_bytes").get<double>();
    });
    for (const Json& row : shown) {
      const std::size_t place = text.find("\n" + row.at("name").get<std::string>());
      CAPTURE(row.at("id"));
      REQUIRE(place != std::string::npos);
      CHECK(place > last);
      CHECK(row.at("usable_bytes").get<double>() >= memory);
      last = place;
      memory = row.at("usable_bytes").get<double>();
      const std::string line = text.substr(place + 1, text.find('\n', place + 1) - place - 1);
      const bool marked =
          line.find("  ~" + std::to_string(std::lround(row.value("decode_tok_s", 0.0)))) != std::string::npos;
      if (row.at("decode_tok_s").is_number() && row.at("decode_tok_s").get<double>() >= 10)
        CHECK(marked != row.at("speed_measured").get<bool>());
    }
  }
}

TEST_CASE("Rows of one's own may name further well-known devices, and a wrong one is refused by name") {
  const test::TemporaryFolder folder;
  folder.write("mine.json", R"({"well_known": [{"id": "gtx-1060-3gb", "source": "mine"}]})");
  const std::string facts = " --data " + folder.path();
  CHECK_THAT(screen(facts), Contains("\nGeForce GTX 1060 3GB"));
  folder.write("mine.json", R"({"well_known": [{"id": "gtx-1061", "source": "mine"}]})");
  const test::ProgramRun outcome = test::lfmfit(words(facts));
  CHECK(outcome.code == 2);
  CHECK_THAT(outcome.err, Contains("mine.json") && Contains("gtx-1061") && Contains("lfmfit list devices"));
}

TEST_CASE("Two devices that are named stand side by side, with the memory of each as check says it") {
  const std::string text = screen("llama-3.1-8b -c 16k --on rtx-3060 --on rtx-4090");
  CHECK_THAT(line_of(text, " "), Contains("GeForce RTX 3060 12GB") && Contains("GeForce RTX 4090"));
  std::string needs;
  for (const char* device : {"rtx-3060", "rtx-4090"}) {
    const Json fit = Json::parse(screen(std::string("check llama-3.1-8b -c 16k --json --on ") + device)).at("fit");
    std::ostringstream figure;
    figure.precision(2);
    figure << std::fixed << fit.at("required_bytes").get<double>() / 1e9 << " GB";
    CHECK_THAT(line_of(text, "needs at most"), Contains(figure.str()));
  }
  for (const char* part : {"  weights", "  KV cache", "  compute", "  driver"}) CHECK(!line_of(text, part).empty());
  CHECK(line_of(text, "RAM beside it").empty());
}

TEST_CASE("Quantizations that a named device does not hold say so in place of a figure") {
  const std::string line = line_of(screen("llama-3.1-8b --on rtx-3060"), "at 4,096");
  CHECK_THAT(line, Contains("partly") || Contains(" no "));
  CHECK_THAT(line_of(screen("llama-3.1-8b --on h100-sxm"), "at 4,096"), !Contains("partly"));
}

TEST_CASE("Where nothing named holds a model, the nearest is told, and how many of it would do") {
  const std::string text = screen("llama-3.3-70b -c 32k --on rtx-3060 --on rtx-4090");
  const std::size_t place = text.find("Nearest: GeForce RTX 4090, ");
  REQUIRE(place != std::string::npos);
  const std::size_t number = text.find("; ", place) + 2;
  const int enough = std::stoi(text.substr(number));
  CHECK(std::regex_search(text.substr(number), std::regex("of\\s+them\\s+would\\s+do")));
  REQUIRE(enough > 2);
  const auto verdict_of = [](int count) {
    const std::string device = std::to_string(count) + "x rtx-4090";
    return Json::parse(test::lfmfit({"check", "llama-3.3-70b", "-c", "32k", "--json", "--on", device}).out)
        .at("fit")
        .at("verdict")
        .get<std::string>();
  };
  CHECK_THAT(verdict_of(enough), StartsWith("runs") || StartsWith("tight"));
  CHECK_THAT(verdict_of(enough - 1), StartsWith("partial") || StartsWith("too big"));
  CHECK_THAT(screen("llama-3.1-8b --on rtx-4090"), !Contains("Nearest"));
}

TEST_CASE("The first screen counts what --json lists") {
  const Json json = Json::parse(screen("llama-3.3-70b --json"));
  std::size_t all = 0;
  for (const Json& row : json.at("gpus")) {
    const std::string verdict = row.at("verdict").get<std::string>();
    all += verdict != "partial" && verdict != "too big" ? 1U : 0U;
  }
  CHECK_THAT(screen("llama-3.3-70b"),
             Contains("Runs on " + std::to_string(all) + " of " + std::to_string(json.at("gpus").size()) + " GPUs"));
}

TEST_CASE("Filters and --top show the best devices, --verbose and --all the whole report") {
  const std::string laptops = screen("--vendor NVIDIA --segment laptop --top 3");
  CHECK_THAT(laptops, Contains("Laptop") && !Contains("H100") && !Contains("Architecture"));
  CHECK_THAT(screen("--verbose"), Contains("Architecture") && Contains("Units") && !Contains("0.00"));
  CHECK_THAT(screen("--all --on rtx-4090"), Contains("IQ2_XXS"));
}

}  // namespace
