#include "readers/llama_bench.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "lfmfit/error.hpp"
#include "readers/bounded_json.hpp"

namespace lfmfit {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t kMostTokens = std::int64_t{1} << 31;
constexpr std::int64_t kMostModel = std::int64_t{1} << 50;
constexpr std::size_t kMostRuns = 10'000;
constexpr double kMostTokensPerSecond = 1e9;

/// One test, field by field.
class Fields {
 public:
  Fields(const Json& test, std::string where) : test_(test), where_(std::move(where)) {
    if (!test.is_object())
      throw Error(ErrorKind::kBadFile, where_ + " is no object; is this the output of llama-bench -o json?");
  }

  std::string text(const char* key, const std::string& fallback) const {
    const auto found = test_.find(key);
    if (found == test_.end() || found->is_null()) return fallback;
    if (!found->is_string()) fail(key, "must be a text");
    return found->get<std::string>();
  }

  std::int64_t integer(const char* key, std::int64_t low, std::int64_t high) const {
    const auto found = test_.find(key);
    if (found == test_.end()) fail(key, "is missing; is this the output of llama-bench -o json?");
    if (!found->is_number_integer()) fail(key, "must be a whole number");
    const bool too_big = found->is_number_unsigned() && found->get<std::uint64_t>() > static_cast<std::uint64_t>(high);
    if (too_big || found->get<std::int64_t>() < low || found->get<std::int64_t>() > high) fail(key, "is out of range");
    return found->get<std::int64_t>();
  }

  std::int64_t integer_or(const char* key, std::int64_t fallback, std::int64_t low, std::int64_t high) const {
    return test_.contains(key) ? integer(key, low, high) : fallback;
  }

  bool flag(const char* key) const {
    const auto found = test_.find(key);
    return found != test_.end() && found->is_boolean() && found->get<bool>();
  }

  double rate(const char* key) const {
    const auto found = test_.find(key);
    if (found == test_.end() || !found->is_number())
      fail(key, "must be a number; is this the output of llama-bench -o json?");
    const double value = found->get<double>();
    if (!(value > 0 && value <= kMostTokensPerSecond)) fail(key, "is out of range");
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const {
    throw Error(ErrorKind::kBadFile, where_ + ": \"" + key + "\" " + problem);
  }

  const Json& test_;
  std::string where_;
};

BenchRun read_run(const Fields& fields) {
  BenchRun run;
  run.backends = fields.text("backends", "");
  run.gpu_info = fields.text("gpu_info", "");
  run.cpu_info = fields.text("cpu_info", "");
  run.model_filename = fields.text("model_filename", "");
  run.model_type = fields.text("model_type", "");
  run.model_size = fields.integer("model_size", 1, kMostModel);
  run.model_n_params = fields.integer("model_n_params", 1, kMostModel);
  run.type_k = fields.text("type_k", run.type_k);
  run.type_v = fields.text("type_v", run.type_v);
  run.n_gpu_layers = fields.integer_or("n_gpu_layers", run.n_gpu_layers, -kMostTokens, kMostTokens);
  run.n_cpu_moe = fields.integer_or("n_cpu_moe", run.n_cpu_moe, 0, kMostTokens);
  run.no_kv_offload = fields.flag("no_kv_offload");
  run.embeddings = fields.flag("embeddings");
  run.n_batch = fields.integer_or("n_batch", run.n_batch, 1, kMostTokens);
  run.n_ubatch = fields.integer_or("n_ubatch", run.n_ubatch, 1, kMostTokens);
  run.n_prompt = fields.integer("n_prompt", 0, kMostTokens);
  run.n_gen = fields.integer("n_gen", 0, kMostTokens);
  run.n_depth = fields.integer_or("n_depth", run.n_depth, 0, kMostTokens);
  run.avg_ts = fields.rate("avg_ts");
  run.test_time = fields.text("test_time", "");
  return run;
}

}  // namespace

std::vector<BenchRun> read_llama_bench(const std::string& name, const std::string& text) {
  const Json document = parse_json_object(name, "{\"tests\": " + text + "}");
  const Json& tests = document.at("tests");
  if (!tests.is_array() || tests.empty() || document.size() != 1) {
    throw Error(ErrorKind::kBadFile, name + " holds no list of tests; pipe in the output of llama-bench -o json");
  }
  if (tests.size() > kMostRuns) throw Error(ErrorKind::kBadFile, name + " holds more than 10,000 tests");
  std::vector<BenchRun> runs;
  for (const Json& test : tests)
    runs.push_back(read_run(Fields(test, name + ": test " + std::to_string(runs.size() + 1))));
  return runs;
}

}  // namespace lfmfit
