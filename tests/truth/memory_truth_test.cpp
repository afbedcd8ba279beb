#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/answered_bytes.hpp"
#include "support/csv_rows.hpp"
#include "support/program.hpp"
#include "support/tensor_list.hpp"

namespace {

using Json = nlohmann::ordered_json;

/// One line of memory.csv or memory-0.7.csv: a request and the bytes that this release of llama.cpp allocated for it,
/// GPUs together. A request's
/// empty column is at its default, an empty measurement is not known. Flags: u one cache for all slots, c cache on the
/// host, o no op offload, w whole windows, e experts on the host. None is without flash attention and with its cache on
/// the host: what llama.cpp plans without allocating forgets that attention is pinned there, loads do not (h100.jsonl).
using Row = test::CsvRow;

Json memory_request(const Row& row, const char* runtime) {
  Json request = {{"runtime_bytes", 0}, {"runtime", runtime}};
  const std::map<std::string, std::string> words = {{"model", "model"},      {"quantization", "quantization"},
                                                    {"backend", "backend"},  {"type_k", "kv_type_k"},
                                                    {"type_v", "kv_type_v"}, {"flash_attention", "flash_attention"}};
  const std::map<std::string, std::string> numbers = {{"context", "context"},       {"gpus", "gpu_count"},
                                                      {"gpu_layers", "gpu_layers"}, {"batch", "batch"},
                                                      {"ubatch", "ubatch"},         {"parallel", "parallel"}};
  for (const auto& [column, key] : words) {
    if (!row.at(column).empty()) request[key] = row.at(column);
  }
  for (const auto& [column, key] : numbers) {
    if (!row.at(column).empty()) request[key] = std::stoll(row.at(column));
  }
  const std::string& outputs = row.at("outputs");
  if (!outputs.empty()) request["outputs"] = outputs == "all" ? Json(outputs) : Json(std::stoll(outputs));
  for (const char flag : row.at("flags")) {
    switch (flag) {
      case 'u': request["kv_unified"] = true; break;
      case 'c': request["offload_kqv"] = false; break;
      case 'o': request["op_offload"] = false; break;
      case 'w': request["swa_full"] = true; break;
      case 'e': request["cpu_moe"] = true; break;
      default: FAIL("memory.csv: unknown flag " << flag);
    }
  }
  return request;
}

/// Asks every row of `file`, and compares what it knows; returns how many figures that were.
std::size_t compare_memory(const std::string& file, const char* runtime) {
  const std::vector<Row> rows = test::csv_rows(file);
  std::string requests;
  for (const Row& row : rows) requests += memory_request(row, runtime).dump() + "\n";
  std::istringstream answers(test::lfmfit({"batch"}, requests).out);
  std::size_t compared = 0;
  for (const Row& row : rows) {
    std::string line;
    REQUIRE(std::getline(answers, line));
    const Json answer = Json::parse(line);
    INFO(memory_request(row, runtime).dump());
    REQUIRE(answer.contains("memory"));
    for (const auto& [column, bytes] : test::answered_bytes(answer.at("memory"))) {
      if (row.at(column).empty()) continue;
      ++compared;
      INFO(column);
      CHECK(bytes == std::stoll(row.at(column)));
    }
  }
  return compared;
}

}  // namespace

TEST_CASE("Memory is that which llama.cpp v0.5.0 allocates, to the byte", "[every device]") {
  CHECK(compare_memory("tests/truth/memory.csv", "llama.cpp@0.5") > 4000);
}

TEST_CASE("Memory is that which llama.cpp v0.7.0 allocates, to the byte", "[every device]") {
  CHECK(compare_memory("tests/truth/memory-0.7.csv", "llama.cpp@0.7") > 1000);
}
