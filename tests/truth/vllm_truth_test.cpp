#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/csv_rows.hpp"
#include "support/program.hpp"

namespace {

using Json = nlohmann::ordered_json;

/// A line of vllm.csv: what a start-up log of vLLM said, and what it was started with; columns that a log does not show
/// are empty.
Json cache_request(const test::CsvRow& row) {
  Json request = {{"runtime", "vllm@" + row.at("version")},
                  {"model", row.at("model")},
                  {"quantization", row.at("form")},
                  {"device", "h100-sxm"},
                  {"tensor_parallel_size", std::stoll(row.at("tp"))},
                  {"max_model_len", std::stoll(row.at("max_model_len"))}};
  for (const char* name : {"max_num_seqs", "max_num_batched_tokens", "block_size"}) {
    if (!row.at(name).empty()) request[name] = std::stoll(row.at(name));
  }
  if (!row.at("kv_cache_dtype").empty()) request["kv_cache_dtype"] = row.at("kv_cache_dtype");
  if (!row.at("kv_gib").empty())
    request["kv_cache_memory_bytes"] = std::llround(std::stod(row.at("kv_gib")) * 1073741824.0);
  return request;
}

/// Whether `value` is what a log prints rounded to hundredths of a GiB of cache.
bool as_logged(double value, double logged, double kv_gib) {
  return std::abs(value / logged - 1) <= 0.006 / kv_gib + 0.001;
}

}  // namespace

TEST_CASE("Tokens, requests and weights of vLLM are those of its logs") {
  const std::vector<test::CsvRow> rows = test::csv_rows("tests/truth/vllm.csv");
  REQUIRE(rows.size() >= 10);
  std::string input;
  for (const test::CsvRow& row : rows) input += cache_request(row).dump() + "\n";
  std::istringstream answers(test::lfmfit({"batch"}, input).out);
  for (const test::CsvRow& row : rows) {
    std::string line;
    REQUIRE(std::getline(answers, line));
    INFO(row.at("model") << ", " << row.at("source") << ": " << line);
    const Json answer = Json::parse(line);
    REQUIRE(answer.contains("vllm"));
    if (!row.at("kv_tokens").empty()) {
      const double kv_gib = std::stod(row.at("kv_gib"));
      CHECK(as_logged(answer["vllm"]["kv_cache_tokens"], std::stod(row.at("kv_tokens")), kv_gib));
      if (!row.at("concurrency").empty())
        CHECK(std::abs(answer["vllm"]["maximum_concurrency"].get<double>() - std::stod(row.at("concurrency"))) <=
              0.006 + std::stod(row.at("concurrency")) * 0.006 / kv_gib);
    }
    if (row.at("weights_gib").empty()) continue;
    const double weights = answer["memory"]["gpus"][0]["weights_bytes"].get<double>() / 1073741824.0;
    const double logged = std::stod(row.at("weights_gib"));
    CHECK(std::abs(weights / logged - 1) <= (row.at("form") == "BF16" ? 0.001 : 0.01) + 0.005 / logged);
  }
}
