#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "lfmfit/units.hpp"
#include "support/csv_rows.hpp"
#include "support/program.hpp"

namespace {

using Json = nlohmann::ordered_json;

/// A line of vllm_memory.csv: what a start-up log said of memory, and the flags that it was started with; columns that
/// a log does not show are empty.
Json start_up_request(const test::CsvRow& row) {
  return {{"runtime", "vllm@" + row.at("version")},
          {"model", row.at("model")},
          {"quantization", row.at("form")},
          {"device", row.at("device")},
          {"device_bytes", std::llround(std::stod(row.at("device_gib")) * lfmfit::kGib)},
          {"gpu_memory_utilization", std::stod(row.at("utilization"))},
          {"tensor_parallel_size", std::stoll(row.at("tp"))},
          {"pipeline_parallel_size", std::stoll(row.at("pp"))},
          {"max_model_len", std::stoll(row.at("max_model_len"))}};
}

double in_gib(const Json& gpu, const char* key) { return gpu.at(key).get<double>() / lfmfit::kGib; }

/// How far the figure under `key` is from the column `name`, in GiB; 0: the log does not show it.
double off(const Json& gpu, const char* key, const test::CsvRow& row, const char* name) {
  return row.at(name).empty() ? 0 : in_gib(gpu, key) - std::stod(row.at(name));
}

}  // namespace

TEST_CASE("What vLLM profiles, and the cache that flags alone leave, are those of its logs by release") {
  const std::vector<test::CsvRow> rows = test::csv_rows("tests/truth/vllm_memory.csv");
  REQUIRE(rows.size() >= 20);
  std::string input;
  for (const test::CsvRow& row : rows) input += start_up_request(row).dump() + "\n";
  std::istringstream answers(test::lfmfit({"batch"}, input).out);
  std::vector<double> caches;
  for (const test::CsvRow& row : rows) {
    std::string line;
    REQUIRE(std::getline(answers, line));
    INFO(row.at("model") << ", vLLM " << row.at("version") << ", " << row.at("source") << ": " << line);
    const Json answer = Json::parse(line);
    REQUIRE(answer.contains("memory"));
    const Json& gpu = answer["memory"]["gpus"][0];
    CHECK(std::abs(off(gpu, "weights_bytes", row, "weights_gib")) <= 0.01 + 0.005 * in_gib(gpu, "weights_bytes"));
    CHECK(std::abs(off(gpu, "activation_bytes", row, "activation_gib")) <= 0.04);
    if (row.at("kv_gib").empty()) continue;
    caches.push_back(std::abs(off(gpu, "kv_cache_bytes", row, "kv_gib")));
    CHECK(caches.back() <= 0.35);
    CHECK(off(gpu, "kv_cache_low_bytes", row, "kv_gib") <= 0.01);
    CHECK(off(gpu, "kv_cache_high_bytes", row, "kv_gib") >= -0.01);
  }
  REQUIRE(caches.size() >= 10);
  std::nth_element(caches.begin(), caches.begin() + static_cast<std::ptrdiff_t>(caches.size() / 2), caches.end());
  CHECK(caches[caches.size() / 2] <= 0.1);
}
