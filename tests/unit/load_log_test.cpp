#include "readers/load_log.hpp"

#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/source_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

LoadLog log_called(const std::string& name) {
  std::ifstream file(test::source_folder() + "/tests/fixtures/logs/" + name);
  return read_load_log(file, name);
}

LoadLog log_of(const std::string& text) {
  std::istringstream in(text);
  return read_load_log(in, "text");
}

Bytes mib(double value) { return Bytes(static_cast<std::int64_t>(value * 1048576.0 + 0.5)); }

Bytes sum(const std::vector<LogBuffer>& buffers, MemoryUse use, int place) {
  Bytes bytes;
  for (const LogBuffer& buffer : buffers) {
    if (buffer.use == use && buffer.place() == place) bytes += buffer.bytes;
  }
  return bytes;
}

}  // namespace

TEST_CASE("a log of llama-server tells model, settings and buffers") {
  const LoadLog log = log_called("qwen3-4b-cuda.log");
  CHECK(log.program == LoadLog::Program::kLlamaCpp);
  CHECK(log.build == 11501);
  REQUIRE(log.devices.size() == 1);
  CHECK(log.devices[0].name == "NVIDIA GeForce RTX 3060");
  CHECK(log.devices[0].free == mib(11203));
  const LogModel* model = log.main_model();
  REQUIRE(model != nullptr);
  CHECK(model->path == "/models/Qwen3-4B-Q4_K_M.gguf");
  CHECK(model->name == "Qwen3 4B");
  CHECK(model->file_type == "Q4_K - Medium");
  CHECK(model->layers_on_gpu == 37);
  CHECK(model->mapped == true);
  CHECK(sum(model->buffers, MemoryUse::kWeights, 0) == mib(2375.91));
  CHECK(sum(model->buffers, MemoryUse::kWeights, kHost) == mib(304.28));
  REQUIRE(model->contexts.size() == 1);
  const LogContext& context = model->contexts[0];
  CHECK(context.context == 8192);
  CHECK(context.sequences == 4);
  CHECK(context.ubatch == 512);
  CHECK(context.kv_unified == true);
  CHECK(context.flash_attention == true);
  CHECK(context.type_k == "f16");
  CHECK(sum(context.buffers, MemoryUse::kKvCache, 0) == mib(1152));
  CHECK(sum(context.buffers, MemoryUse::kCompute, kHost) == mib(28.02));
  CHECK(sum(context.buffers, MemoryUse::kOutput, kHost) == mib(2.32));
}

TEST_CASE("lines may have times before them, and the last graph that was reserved counts") {
  const std::string start = "0.00.1 I llama_context: constructing llama_context\n0.00.2 I llama_context: n_ctx = 512\n";
  const LoadLog log = log_of(start +
                             "0.1 I llama_kv_cache:      CUDA0 KV buffer size =     9.00 MiB\n"
                             "0.2 I sched_reserve:      CUDA0 compute buffer size =    10.00 MiB\n"
                             "0.3 I sched_reserve:      CUDA0 compute buffer size =    12.00 MiB\n"
                             "0.4 I alloc_compute_meta:      CUDA0 compute buffer size =    99.00 MiB\n" +
                             start + "0.5 I llama_kv_cache:      CUDA0 KV buffer size =     3.00 MiB\n");
  REQUIRE(log.models.size() == 1);
  REQUIRE(log.models[0].contexts.size() == 2);
  CHECK(sum(log.models[0].contexts[0].buffers, MemoryUse::kCompute, 0) == mib(12));
  CHECK(sum(log.models[0].contexts[1].buffers, MemoryUse::kKvCache, 0) == mib(3));
}

TEST_CASE("a model that is loaded again counts once, and a draft model is another") {
  const auto load = [](const std::string& path, const std::string& size) {
    return "llama_model_loader: loaded meta data with 1 key-value pairs and 2 tensors from " + path +
           " (version GGUF V3 (latest))\nload_tensors:   CUDA0 model buffer size = " + size + " MiB\n";
  };
  const LoadLog log = log_of(load("a.gguf", "0.00") + load("a.gguf", "700.00") + load("draft.gguf", "50.00"));
  REQUIRE(log.main_model() != nullptr);
  CHECK(log.main_model()->path == "a.gguf");
  CHECK(sum(log.main_model()->buffers, MemoryUse::kWeights, 0) == mib(700));
}

TEST_CASE("older names of the same lines are known") {
  const LoadLog log = log_of(
      "llm_load_print_meta: model ftype      = F16\n"
      "llm_load_tensors:   CPU_Mapped model buffer size =    63.84 MiB\n"
      "llama_new_context_with_model: n_ctx      = 512\nllama_new_context_with_model: flash_attn = 0\n"
      "llama_kv_cache_init:        CPU KV buffer size =     9.00 MiB\n"
      "llama_new_context_with_model: KV self size  =    9.00 MiB, K (f16):    4.50 MiB, V (f16):    4.50 MiB\n");
  CHECK(log.models[0].file_type == "F16");
  CHECK(log.models[0].contexts[0].flash_attention == false);
  CHECK(log.models[0].contexts[0].type_v == "f16");
}

TEST_CASE("where memory ran out, how much was asked for is told") {
  const LoadLog log = log_called("out-of-memory.log");
  REQUIRE(log.failure);
  CHECK(log.failure->device == "CUDA0");
  CHECK(log.failure->asked == Bytes(9663676416));
  CHECK(log.failure->use == MemoryUse::kKvCache);
  const LoadLog refused = log_called("vllm-refuses.log");
  REQUIRE(refused.failure);
  CHECK(refused.failure->asked == mib(6400));
  CHECK(refused.failure->there == mib(1126.4));
}

TEST_CASE("Ollama's own lines and vLLM's are read") {
  const LoadLog ollama = log_called("ollama-engine.log");
  CHECK(ollama.program == LoadLog::Program::kOllama);
  CHECK(ollama.coarse);
  CHECK(ollama.devices.at(0).name == "NVIDIA GeForce RTX 3060");
  CHECK(sum(ollama.models[0].contexts[0].buffers, MemoryUse::kKvCache, 0) == mib(576));
  const LoadLog vllm = log_called("vllm.log");
  REQUIRE(vllm.vllm);
  CHECK(vllm.vllm->version == "0.28.0");
  CHECK(vllm.vllm->model == "Qwen/Qwen3-14B");
  CHECK(vllm.vllm->max_model_len == 40960);
  CHECK(vllm.vllm->cache_tokens == 75824);
  CHECK(vllm.vllm->concurrency == Approx(1.85));
  CHECK(vllm.vllm->graphs == mib(0.46 * 1024));
  CHECK(vllm.vllm->prefix_caching == true);
}

TEST_CASE("a text that says nothing of memory, and one that lies, are no harm") {
  CHECK_THROWS_AS(log_of("hello\n"), Error);
  CHECK_THROWS_AS(log_of(""), Error);
  CHECK_THROWS_AS(log_of(std::string(200000, 'x')), Error);
  std::string many;
  for (int model = 0; model < 2000; ++model)
    many += "loaded meta data with 1 tensors from " + std::to_string(model) +
            " (version x)\nx CUDA99999999999999999999 model buffer size = 1e300 MiB\n"
            "x CUDA0 KV buffer size = 99999999999999999999999 GiB\nx CUDA7 KV buffer size = 1 MiB\n";
  CHECK(log_of(many).models.size() <= 64);
}

TEST_CASE("what a pass without memory said counts no more when weights follow") {
  const std::string pass =
      "llama_memory_recurrent:      ROCm0 RS buffer size =   149.62 MiB\n"
      "sched_reserve:      ROCm0 compute buffer size =   400.28 MiB\n";
  const std::string weights =
      "load_tensors:   CPU_Mapped model buffer size =   322.07 MiB\n"
      "load_tensors:        ROCm0 model buffer size =  6539.67 MiB\n";
  for (const std::string empty : {"load_tensors:        ROCm0 model buffer size =     0.00 MiB\n",
                                  "llama_kv_cache:      ROCm0 KV buffer size =     0.00 MiB\n", ""}) {
    const LoadLog log = log_of(empty + pass + weights + pass);
    REQUIRE(log.models.size() == 1);
    CHECK(sum(log.models[0].buffers, MemoryUse::kWeights, 0) == mib(6539.67));
    CHECK(sum(log.models[0].contexts.back().buffers, MemoryUse::kState, 0) == mib(149.62));
  }
  const LoadLog sorted = log_of("llama_kv_cache:      ROCm0 KV buffer size =   64.00 MiB\n" + pass + weights);
  CHECK(sum(sorted.models[0].contexts.back().buffers, MemoryUse::kState, 0) == mib(149.62));
}

TEST_CASE("caches and slots tell how many tokens of how many sequences there are") {
  const LoadLog log = log_of(
      "llama_kv_cache: size =   64.00 MiB (  4096 cells,   8 layers,  2/2 seqs), K (f16):   32.00 MiB, V (f16):   "
      "32.00 "
      "MiB\n"
      "llama_kv_cache: size =   20.00 MiB (  1024 cells,  20 layers,  2/2 seqs), K (f16):   10.00 MiB, V (f16):   "
      "10.00 "
      "MiB\n"
      "llama_kv_cache:      CUDA0 KV buffer size =    84.00 MiB\n"
      "srv    load_model: initializing, n_slots = 4, n_ctx_slot = 8192, kv_unified = 'true'\n");
  const LogContext& context = log.models.at(0).contexts.at(0);
  CHECK(context.cells == 4096);
  CHECK(context.streams == 2);
  CHECK(context.sequences == 2);
  CHECK(log.slots == 4);
  CHECK(log.slot_context == 8192);
  CHECK(log.slots_share == true);
}
