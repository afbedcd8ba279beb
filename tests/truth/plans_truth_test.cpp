#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/answered_bytes.hpp"
#include "support/program.hpp"
#include "support/source_folder.hpp"

namespace {

using Json = nlohmann::ordered_json;

/// Lines of a file: a request, and the bytes by place that llama.cpp's own libraries planned for it without allocating
/// them. What is left out is nothing.
std::vector<Json> plans(const std::string& file) {
  std::ifstream in(test::source_folder() + "/tests/truth/" + file);
  REQUIRE(in.is_open());
  std::vector<Json> rows;
  for (std::string line; std::getline(in, line);) rows.push_back(Json::parse(line));
  return rows;
}

/// Asks every row, and compares all places; returns how many rows there were.
std::size_t compare_plans(const std::string& file) {
  const std::vector<Json> rows = plans(file);
  std::string requests;
  for (const Json& row : rows) requests += row.at("request").dump() + "\n";
  std::istringstream answers(test::lfmfit({"batch"}, requests).out);
  for (const Json& row : rows) {
    std::string line;
    REQUIRE(std::getline(answers, line));
    INFO(row.dump());
    const Json answer = Json::parse(line);
    INFO(answer.value("error", Json()).dump());
    REQUIRE(answer.contains("memory"));
    for (const auto& [place, bytes] : test::answered_bytes(answer.at("memory"))) {
      INFO(place);
      CHECK(bytes == row.value(place, std::int64_t{0}));
    }
  }
  return rows.size();
}

}  // namespace

TEST_CASE("Embeddings take what llama.cpp plans for them, with and without a cache, to the byte", "[every device]") {
  CHECK(compare_plans("embeddings.jsonl") == 120);
}

TEST_CASE("Builds before releases take what their own libraries plan, to the byte", "[every device]") {
  CHECK(compare_plans("builds.jsonl") > 80);
}

TEST_CASE("What Vulkan does not run, and what it moves, takes what llama.cpp plans, to the byte", "[every device]") {
  CHECK(compare_plans("vulkan.jsonl") == 18);
}
