#include "ask/question.hpp"

#include <map>
#include <set>

#include "ask/asked_json.hpp"
#include "catch.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "lfmfit/error.hpp"
#include "support/program.hpp"
#include "support/reader_facts.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::finder;
using test::shipped;

namespace {

Asked typed(const std::string& line) {
  Asked asked;
  cli::CommandLine options("", "", "");
  cli::add_request_options(options, asked);
  std::ostringstream out;
  options.read(test::words(line), out);
  return asked;
}

Question question(const std::string& line) { return ask::question_of(typed(line), finder()); }

using Words = std::map<std::string, std::string>;

/// Writes every field as text, so that a change of one shows.
struct FieldTexts {
  void operator()(const char* name, const NumberOrWord& field) {
    std::visit([&](const auto& value) { (*this)(name, value); }, field);
  }
  template <class Value>
  void operator()(const char* name, const std::optional<Value>& field) {
    if (field) (*this)(name, *field);
  }
  void operator()(const char* name, const std::vector<std::string>& field) {
    for (const std::string& text : field) words[name] += text + ",";
  }
  void operator()(const char* name, const std::vector<double>& field) {
    for (const double number : field) words[name] += std::to_string(number) + ",";
  }
  void operator()(const char* name, const std::string& field) { words[name] = field; }
  void operator()(const char* name, std::int64_t field) { words[name] = std::to_string(field); }
  void operator()(const char* name, double field) { words[name] = std::to_string(field); }
  void operator()(const char* name, bool field) { words[name] = field ? "true" : "false"; }
  void operator()(const char* name, const Speculative& field) {
    words[name] =
        field.type.value_or("") + " " + std::to_string(field.max.value_or(0)) + " " + field.model.value_or("");
  }
  void operator()(const char* name, Bytes field) { words[name] = std::to_string(field.count()); }

  Words words;
};

Words fields_of(const Asked& asked) {
  FieldTexts texts;
  for_each_field(asked, texts);
  return texts.words;
}

/// The fields in which `asked` differs from what nobody asked for.
std::set<std::string> asked_for(const Asked& asked) {
  std::set<std::string> names;
  const Words usual = fields_of(Asked{});
  for (const auto& [name, text] : fields_of(asked)) {
    const auto other = usual.find(name);
    if (other == usual.end() || other->second != text) names.insert(name);
  }
  return names;
}

std::set<std::string> all_fields() {
  std::set<std::string> names;
  for_each_field(Asked{}, [&](const char* name, const auto&) { names.insert(name); });
  return names;
}

/// What sets each field from the command line.
const char* const kOptions =
    "lfm2-1.2b -q Q8_0 --imatrix -c 8k -ctk q8_0 -ctv q8_0 -np 2 -kvu -b 1024 -ub 256 -fa on --embeddings --pooling "
    "cls --swa-full -ngl 3 -cmoe "
    "-ncmoe 4 "
    "-ot exps=CPU -nkvo --no-op-offload --backend vulkan -sm row -ts 3,1 -mg 1 --ram 64GiB --reserve 1GiB --users 3 "
    "--context-each "
    "2k --depth 16 --prompt 9 --threads 4 --ram-bandwidth 50 --method page --with-mmproj --mmproj a --lora b "
    "--control-vector c "
    "--like server --no-mmap --moe-cache-mib 4 --spec-type draft-mtp --draft-max 2";

const char* const kVllmOptions =
    "--runtime vllm -tp 2 -pp 3 -dp 4 --enable-expert-parallel --gpu-memory-utilization 0.5 --max-model-len 8k "
    "--max-num-seqs 5 --max-num-batched-tokens 6 --kv-cache-dtype fp8 --block-size 32 --enforce-eager "
    "--no-enable-prefix-caching --kv-cache-memory-bytes 7GiB --max-loras 8 --max-lora-rank 9 --device-memory 80GiB";

const char* const kVllmJson =
    R"({"model": "a", "runtime": "vllm", "tensor_parallel_size": 2, "pipeline_parallel_size": 3, "data_parallel_size": 4,
  "enable_expert_parallel": true, "gpu_memory_utilization": 0.5, "max_model_len": "8k", "max_num_seqs": 5,
  "max_num_batched_tokens": 6, "kv_cache_dtype": "fp8", "block_size": 32, "enforce_eager": true,
  "enable_prefix_caching": false, "kv_cache_memory_bytes": 7, "max_loras": 8, "max_lora_rank": 9, "device_bytes": 10})";

const char* const kMlxOptions =
    "--runtime mlx --kv-bits 8 --kv-group-size 32 --quantized-kv-start 0 --max-kv-size 4096 --prefill-step-size 512";

const char* const kMlxJson =
    R"({"model": "a", "runtime": "mlx", "kv_bits": 8, "kv_group_size": 32, "quantized_kv_start": 0, "max_kv_size": 4096,
  "prefill_step_size": 512})";

const char* const kJson =
    R"({"model": "lfm2-1.2b", "quantization": "Q8_0", "importance_matrix": true, "context": "8k", "kv_type_k": "q8_0",
  "kv_type_v": "q8_0", "parallel": 2, "kv_unified": true, "batch": 1024, "ubatch": 256, "flash_attention": "on",
  "outputs": 7, "embeddings": true, "pooling": "last", "swa_full": true, "gpu_layers": 3, "cpu_moe": true, "n_cpu_moe": 4, "override_tensor": ["exps=CPU"], "offload_kqv": false,
  "op_offload": false, "backend": "vulkan", "gpu_count": 2, "split_mode": "row", "tensor_split": [3, 1], "main_gpu": 1, "ram_bytes": 7, "reserve_bytes": 8,
  "users": 3, "context_each": "2k", "device": "rtx-4090", "depth": 16, "prompt": 9, "threads": 4, "ram_bandwidth_gb_s": 50, "available_bytes": 5,
  "runtime_bytes": 6, "method": "page", "with_mmproj": true, "mmproj": "a", "lora": ["b"], "control_vectors": ["c"], "like": "server",
  "mmap": false, "moe_cache_mib": 4, "speculative": {"type": "mtp", "max": 2, "model": "d"}})";

}  // namespace

TEST_CASE("every field can be asked for at every door, but for those that are known not to") {
  std::set<std::string> by_json;
  for (const char* json : {kJson, kVllmJson, kMlxJson})
    by_json.merge(asked_for(ask::read_asked(nlohmann::ordered_json::parse(json))));
  CHECK(by_json == all_fields());
  std::set<std::string> by_options = asked_for(typed(kOptions));
  by_options.merge(asked_for(typed(kVllmOptions)));
  by_options.merge(asked_for(typed(kMlxOptions)));
  // --on is an option of each command, for it may be given several times
  for (const char* known : {"device", "outputs", "gpu_count", "available_bytes", "runtime_bytes"})
    CHECK(by_options.insert(known).second);
  CHECK(by_options == all_fields());
}

TEST_CASE("what an answer says was asked asks the same again") {
  for (const char* line :
       {"lfm2-1.2b", "lfm2-8b-a1b -c 8k -ctk q8_0 -ncmoe 4 -np 4 --depth 100",
        "qwen3-30b-a3b -ot blk\\.1[0-9].*exps=CPU,shexp=CPU", "qwen3-8b -fa off -ngl 3",
        "qwen3.5-27b --spec-type draft-mtp --draft-max 2 --runtime llama.cpp@0.6", "qwen3-8b -md qwen3-0.6b",
        "qwen3-embedding-0.6b --embeddings -np 4", "lfm2-1.2b --embeddings --pooling mean --runtime llama.cpp@b9849",
        "qwen3-4b --runtime mlx -c 8k --kv-bits 8 -q 6bit"}) {
    const Question asked = question(line);
    const Estimate answer = estimate(asked);
    const Question again = ask::question_of(asked_of(asked, answer.request), finder());
    CHECK(fields_of(asked_of(again, estimate(again).request)) == fields_of(asked_of(asked, answer.request)));
    CHECK(estimate(again).memory.total(0) == answer.memory.total(0));
  }
}

TEST_CASE("a question takes the device's usual backend unless another is asked for") {
  Asked asked;
  asked.device = "rx-7900-xtx";
  CHECK(ask::question_of(asked, finder()).backend->name == shipped().device("rx-7900-xtx").backend);
  asked.backend = "vulkan";
  CHECK(ask::question_of(asked, finder()).backend->name == "vulkan");
  asked.backend = "cuda";
  CHECK_THROWS_AS(ask::question_of(asked, finder()), Error);
}

TEST_CASE("a model is answered for at Q4_K_M, or as it is published where that is smaller") {
  const auto usual = [](const char* model, std::optional<std::string> method = {}) {
    Asked asked;
    asked.model = model;
    asked.method = std::move(method);
    return ask::question_of(asked, finder()).quantization->name;
  };
  CHECK(usual("qwen3-8b") == "Q4_K_M");
  CHECK(usual("gpt-oss-20b") == "MXFP4_MOE");
  CHECK(usual("gpt-oss-safeguard-120b") == "MXFP4_MOE");
  CHECK(usual("gpt-oss-20b", "page") == "Q4_K_M");
  CHECK(usual("deepseek-r1") == "Q4_K_M");  // published in FP8, which is larger and no file type
}

TEST_CASE("the page method states 2,048 tokens unless others are asked for") {
  CHECK(question("").request.context == Tokens(4096));
  CHECK(question("--method page").request.context == Tokens(2048));
}

TEST_CASE("embeddings are pooled as the model says unless another way is asked for") {
  const auto scene = [](const char* line) {
    const Question asked = question(line);
    return resolve(asked.request, *asked.model);
  };
  CHECK(scene("bge-m3 --embeddings").pooling == Pooling::kCls);
  CHECK(scene("bge-m3 --embedding --pooling mean").pooling == Pooling::kMean);
  CHECK(scene("qwen3-embedding-0.6b --embeddings").pooling == Pooling::kLast);
  CHECK_THROWS_WITH(question("bge-m3 --pooling average"), Contains("none, mean, cls, last or rank"));
  CHECK_THROWS_WITH(question("bge-m3 --runtime vllm --embeddings"), Contains("llama.cpp's"));
}

TEST_CASE("flags of llama.cpp reach the request") {
  const Request request = question("-ngl 12 -nkvo -fa off -np 4").request;
  CHECK(request.gpu_layers == 12);
  CHECK_FALSE(request.offload_kqv);
  CHECK(request.flash_attention == FlashAttention::kOff);
  CHECK(request.parallel == 4);
  CHECK_THROWS_WITH(question("-ngl many"), Contains("'many'"));
}

TEST_CASE("keys of a request reach the question") {
  nlohmann::ordered_json json = nlohmann::ordered_json::parse(kJson);
  for (const char* key :
       {"with_mmproj", "mmproj", "lora", "control_vectors", "method", "users", "context_each", "split_mode"})
    json.erase(key);
  const Question question = ask::question_of(ask::read_asked(json), finder());
  const Request& request = question.request;
  CHECK(question.quantization->name == "Q8_0");
  CHECK(request.context == Tokens(8192));
  CHECK(question.cache.k->name == "q8_0");
  CHECK(request.kv_unified);
  CHECK(request.batch == 1024);
  CHECK(request.ubatch == 256);
  CHECK(request.flash_attention == FlashAttention::kOn);
  CHECK(request.outputs == 7);
  CHECK(request.embeddings);
  CHECK(request.pooling == Pooling::kLast);
  CHECK(request.swa_full);
  CHECK(request.gpu_layers == 3);
  CHECK(request.cpu_moe);
  CHECK(request.n_cpu_moe == 4);
  CHECK(request.overrides.size() == 1);
  CHECK_FALSE(request.offload_kqv);
  CHECK_FALSE(request.op_offload);
  CHECK(question.backend->name == "vulkan");
  CHECK(request.gpu_count == 2);
  CHECK(question.device->id == "rtx-4090");
  CHECK(request.depth == Tokens(16));
  CHECK(question.available == Bytes(5));
  CHECK(question.driver_share == Bytes(6));
}

TEST_CASE("a file type that is made with an importance matrix only has the bytes that it then has") {
  const auto stored_bytes = [](const char* line) { return total_bytes(stored_tensors(question(line))).count(); };
  CHECK(stored_bytes("LiquidAI/LFM2-1.2B -q IQ3_XXS") == 488598528);  // tests/truth/quantization.csv
  CHECK(stored_bytes("LiquidAI/LFM2-1.2B -q IQ3_XXS --imatrix") == 488598528);
  CHECK(stored_bytes("LiquidAI/LFM2-1.2B -q IQ4_XS") != stored_bytes("LiquidAI/LFM2-1.2B -q IQ4_XS --imatrix"));
}

TEST_CASE("a publisher's files are made with an importance matrix or without, unless it is said") {
  const auto stored_bytes = [](const char* line) { return total_bytes(stored_tensors(question(line))).count(); };
  const auto with = stored_bytes("LiquidAI/LFM2-1.2B -q Q4_0 --imatrix");
  const auto without = stored_bytes("LiquidAI/LFM2-1.2B -q Q4_0 --no-imatrix");
  CHECK(with != without);
  CHECK(stored_bytes("LiquidAI/LFM2-1.2B -q Q4_0") == without);
  CHECK(stored_bytes("LiquidAI/LFM2-1.2B -q unsloth:Q4_0") == with);
  CHECK(stored_bytes("LiquidAI/LFM2-1.2B -q unsloth:Q4_0 --no-imatrix") == without);
}

TEST_CASE("weights of a publisher's mix have bounds on the GPU, and the token table none") {
  const Estimate answer = estimate(question("qwen3-8b -q UD-Q4_K_XL"));
  REQUIRE(answer.memory.gpu_count == 1);
  for (const MemoryTerm& term : answer.memory.terms) {
    if (term.use != MemoryUse::kWeights) continue;
    CHECK((term.low < term.value) == (term.place == 0));
    CHECK((term.high > term.value) == (term.place == 0));
  }
  CHECK(answer.file_low < answer.file_bytes);
  CHECK(answer.file_high > answer.file_bytes);
  REQUIRE_FALSE(answer.warnings.empty());
  CHECK_THAT(answer.warnings.front(), Contains("lfmfit FILE.gguf"));
  const Estimate plain = estimate(question("qwen3-8b"));
  CHECK(plain.file_low == plain.file_bytes);
  CHECK(plain.file_high == plain.file_bytes);
  CHECK(plain.warnings.empty());
}

TEST_CASE("a model's vision part is counted where it is asked for, and refused where none is known") {
  const auto gpu = [](const char* line) { return estimate(question(line)).memory.total(0).count(); };
  const auto part = shipped().model("LiquidAI/LFM2.5-VL-1.6B").projector;
  REQUIRE(part);
  CHECK(part->bytes == Bytes(583109888));
  CHECK(gpu("LiquidAI/LFM2.5-VL-1.6B --with-mmproj") - gpu("LiquidAI/LFM2.5-VL-1.6B") == 583109888);
  CHECK_THROWS_WITH(question("qwen3-8b --with-mmproj"), Contains("--mmproj FILE"));
}

TEST_CASE("layers that predict further tokens are in the file and not among the weights") {
  const Estimate answer = estimate(question("zai-org/GLM-4.5-Air"));
  const Model& model = shipped().model("zai-org/GLM-4.5-Air");
  const Bytes unloaded = answer.file_bytes - answer.tensor_bytes - model.file_overhead.value_or(Bytes(0));
  CHECK(static_cast<double>(unloaded.count()) / static_cast<double>(answer.tensor_bytes.count()) ==
        Approx(3616573568.0 / static_cast<double>(parameter_count(model))));
}

TEST_CASE("a half-filled question is an error that names what is missing, never a crash") {
  Question question;
  CHECK_THROWS_WITH(estimate(question), Contains("no model"));
  question.model = &shipped().model("LiquidAI/LFM2-1.2B");
  CHECK_THROWS_WITH(estimate(question), Contains("no quantization"));
  question.quantization = &shipped().quantization("Q4_K_M");
  CHECK_THROWS_WITH(estimate(question), Contains("no backend"));
  question.backend = &shipped().backend("cuda");
  CHECK_THROWS_WITH(estimate(question), Contains("cached keys"));
  question.cache.k = &shipped().tensor_type("f16");
  CHECK_THROWS_WITH(estimate(question), Contains("cached values"));
  question.cache.v = question.cache.k;
  CHECK(estimate(question).memory.total(0) > Bytes(0));
}
