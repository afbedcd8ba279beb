#include "ask/pasted_command.hpp"

#include <algorithm>

#include "ask/shell_words.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/program.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

ask::PastedCommand pasted(const std::string& line, const Asked& base = {}) {
  return ask::read_pasted(ask::shell_commands(line), base, test::finder().catalog);
}

Question question(const std::string& line, const std::string& device = "rtx-3060", const Asked& base = {}) {
  return ask::question_of(ask::asked_on(pasted(line, base), device, test::finder()).asked, test::finder());
}

std::string paste_fault(const std::string& line) {
  try {
    question(line);
  } catch (const Error& error) {
    return error.what();
  }
  return "not refused";
}

const std::string kWithModel = "-m LFM2-1.2B-Q4_K_M.gguf ";

}  // namespace

TEST_CASE("the flags of a llama-server line fill in the question") {
  const Question asked =
      question("./build/bin/llama-server " + kWithModel +
               "-c 32768 -np 4 -ctk q8_0 --cache-type-v=q4_0 -ngl 10 -fa on -b 1024 -ub 256 --swa-full "
               "-nkvo --no-op-offload -lm none -t 8 --cpu_moe");
  CHECK(asked.model->card.id == "LiquidAI/LFM2-1.2B");
  CHECK(asked.quantization->name == "Q4_K_M");
  CHECK(asked.request.context == Tokens(32768));
  CHECK(asked.request.parallel == 4);
  CHECK_FALSE(asked.request.kv_unified);
  CHECK(asked.cache.k->name == "q8_0");
  CHECK(asked.cache.v->name == "q4_0");
  CHECK(asked.request.gpu_layers == 10);
  CHECK(asked.request.flash_attention == FlashAttention::kOn);
  CHECK(asked.request.batch == 1024);
  CHECK(asked.request.ubatch == 256);
  CHECK(asked.request.swa_full);
  CHECK_FALSE(asked.request.offload_kqv);
  CHECK_FALSE(asked.request.op_offload);
  CHECK_FALSE(asked.request.mmap);
  CHECK(asked.request.threads == 8);
  CHECK(asked.request.cpu_moe);
}

TEST_CASE("a line that serves embeddings is answered for them") {
  const Question embeds = question("llama-server " + kWithModel + "--embeddings --pooling last -ub 1024");
  CHECK(embeds.request.embeddings);
  CHECK(embeds.request.pooling == Pooling::kLast);
  const Question ranks = question("llama-server " + kWithModel + "--reranking");
  CHECK(ranks.request.embeddings);
  CHECK(ranks.request.pooling == Pooling::kRank);
}

TEST_CASE("what a line leaves open is as its program has it") {
  const Question server = question("llama-server " + kWithModel);
  CHECK(server.request.parallel == 4);
  CHECK(server.request.kv_unified);
  CHECK(server.request.context == Tokens(128000));
  CHECK(server.shrinks_context);
  CHECK(server.request.placing == Placing::kAutomatic);
  const Question cli = question("llama-cli " + kWithModel);
  CHECK(cli.request.parallel == 1);
  CHECK_FALSE(cli.request.kv_unified);
  CHECK(cli.request.context == Tokens(128000));
  const Question one = question("llama-server " + kWithModel + "-np 1 -c 0");
  CHECK(one.request.parallel == 1);
  CHECK(one.shrinks_context);
  CHECK(question("llama-server " + kWithModel + "-no-kvu").request.parallel == 4);
  CHECK_FALSE(question("llama-server " + kWithModel + "-no-kvu").request.kv_unified);
  CHECK(question("llama-server " + kWithModel + "-fit off").request.placing == Placing::kGiven);
}

TEST_CASE("environment variables stand for flags, and flags come before them") {
  const Question asked = question(
      "LLAMA_ARG_CTX_SIZE=8192 LLAMA_ARG_N_PARALLEL=2 LLAMA_ARG_NO_KV_OFFLOAD=1 CUDA_VISIBLE_DEVICES=0 "
      "llama-server " +
      kWithModel + "-c 4096");
  CHECK(asked.request.context == Tokens(4096));
  CHECK(asked.request.parallel == 2);
  CHECK_FALSE(asked.request.offload_kqv);
  CHECK_THAT(paste_fault("LLAMA_ARG_NONSENSE=1 llama-server " + kWithModel), Contains("LLAMA_ARG_NONSENSE"));
}

TEST_CASE("what changes no memory is named, what changes it unknown is refused") {
  const ask::PastedCommand line =
      pasted("sudo llama-server " + kWithModel + "--port 8080 --jinja --temp 0.7 --api-key x");
  CHECK(line.ignored == std::vector<std::string>{"--port", "--jinja", "--temp", "--api-key"});
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "--rpc host:1"),
             Contains("--rpc") && Contains("changes memory"));
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "--ctx-sise 1"), Contains("--ctx-size"));
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-fitt 512"), Contains("1024"));
  CHECK(paste_fault("llama-server " + kWithModel + "-fitt 1024") == "not refused");
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-c"), Contains("needs a value"));
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-c many"), Contains("many"));
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-np two"), Contains("whole number"));
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-c 8k"),
             Contains("whole number"));  // llama-server takes 8 tokens
  CHECK_THAT(paste_fault("llama-server -c 4096"), Contains("names no model"));
  CHECK_THAT(paste_fault("docker run llama-server"), Contains("starts no program"));
  CHECK_THAT(paste_fault("llama-server model.gguf"), Contains("stands alone"));
}

TEST_CASE("flags of builds of last year are understood too") {
  const Question asked = question("llama-server " + kWithModel + "--no-mmap -fa -ngl 99 --n-gpu-layers 99");
  CHECK_FALSE(asked.request.mmap);
  CHECK(asked.request.flash_attention == FlashAttention::kOn);
  CHECK(asked.request.placing == Placing::kGiven);
}

TEST_CASE("a model before the line says what its file is") {
  Asked base;
  base.model = "qwen3-8b";
  base.quantization = "Q5_K_M";
  const Question asked = question("llama-server -m /srv/m.gguf -c 8192", "rtx-3060", base);
  CHECK(asked.model->card.id == "Qwen/Qwen3-8B");
  CHECK(asked.quantization->name == "Q5_K_M");
  CHECK_THAT(paste_fault("llama-server -m /srv/m.gguf"), Contains("m.gguf"));
}

TEST_CASE("-hf brings the vision part along unless the line says no") {
  const std::string repository = "llama-server -hf LiquidAI/LFM2-VL-1.6B-GGUF:Q8_0 -c 4096";
  CHECK(question(repository).beside.size() == 1);
  CHECK(question(repository + " --no-mmproj").beside.empty());
  CHECK(question(repository).quantization->name.ends_with("Q8_0"));
  CHECK(question("llama-server -hf ggml-org/gpt-oss-20b-GGUF", "rtx-4090").quantization->name.ends_with("MXFP4_MOE"));
  CHECK(question("llama-server -hf LiquidAI/LFM2-1.2B-GGUF").quantization->name == "LiquidAI:Q4_K_M");
}

TEST_CASE("-dev takes the first GPUs of a machine, none the processor") {
  CHECK(question("llama-server " + kWithModel + "-dev CUDA0", "2x rtx-3060").request.gpu_count == 1);
  CHECK(question("llama-server " + kWithModel + "-dev none", "raspberry-pi-5-8gb").backend->name == "cpu");
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-dev none"), Contains("processor"));
  CHECK_THAT(paste_fault("llama-server " + kWithModel + "-dev CUDA1"), Contains("--on"));
}

TEST_CASE("Ollama's variables, verbs and Modelfile are read") {
  const Question run = question(
      "OLLAMA_NUM_PARALLEL=2 OLLAMA_CONTEXT_LENGTH=8192 OLLAMA_KV_CACHE_TYPE=q8_0 ollama serve &\n"
      "ollama run qwen3:8b 'why?'");
  CHECK(run.model->card.id == "Qwen/Qwen3-8B");
  CHECK(run.request.parallel == 2);
  CHECK(run.request.context == Tokens(16384));
  CHECK(run.cache.v->name == "q8_0");
  const Question made = question(
      "FROM hf.co/LiquidAI/LFM2-1.2B-GGUF:Q4_K_M\nPARAMETER num_ctx 6144\nPARAMETER temperature 1\n"
      "TEMPLATE \"\"\"{{ .Prompt }}\n-c 5\"\"\"\nPARAMETER num_gpu 7");
  CHECK(made.request.context == Tokens(6144));
  CHECK(made.request.gpu_layers == 7);
  CHECK(question("ollama run qwen3:8b").request.context == Tokens(4096));
  CHECK(question("ollama run qwen3:8b", "rtx-5090").request.context == Tokens(32768));
  CHECK_THAT(paste_fault("ollama pull qwen3:8b"), Contains("ollama run"));
}

TEST_CASE("a line of vllm serve asks vLLM's question") {
  const Question asked = question(
      "VLLM_LOGGING_LEVEL=INFO vllm serve Qwen/Qwen3-14B --max-model-len 16k --max-num-seqs=64 "
      "-tp 2 --kv-cache-dtype fp8 --enforce-eager --port 8000 --enable-lora",
      "2x rtx-4090");
  REQUIRE(asked.vllm);
  CHECK(asked.request.context == Tokens(16000));
  CHECK(asked.vllm->request.max_num_seqs == 64);
  CHECK(asked.vllm->request.tensor_parallel_size == 2);
  CHECK(asked.vllm->request.kv_cache_dtype == "fp8");
  CHECK(asked.vllm->request.enforce_eager == true);
  CHECK(asked.vllm->request.max_loras == 1);
  CHECK(question("vllm serve Qwen/Qwen3-14B --max-model-len 16K", "rtx-5090").request.context == Tokens(16384));
  CHECK(question("python -m vllm.entrypoints.openai.api_server --model Qwen/Qwen3-14B", "rtx-5090").vllm);
  CHECK_THAT(paste_fault("vllm serve Qwen/Qwen3-14B --cpu-offload-gb 4"), Contains("--cpu-offload-gb"));
}

TEST_CASE("check reads a line behind -- or from standard input, and says what it ignored") {
  const std::vector<std::string> behind = {
      "check", "--on", "rtx-3060", "--", "llama-server", "-m", "LFM2-1.2B-Q4_K_M.gguf", "-c", "4096", "--port", "80"};
  const test::ProgramRun outcome = test::lfmfit(behind);
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("4 slots share them") && Contains("ignored, as they change no memory: --port"));
  const std::string text = "llama-server -m LFM2-1.2B-Q4_K_M.gguf \\\n -c 4096 --port 80\n";
  CHECK(test::lfmfit({"check", "--on", "rtx-3060", "--command-line", "-"}, text).out == outcome.out);
  CHECK(test::lfmfit({"check", "--on", "rtx-3060", "--", "-"}, text).out == outcome.out);
  CHECK(test::lfmfit({"check", "--on", "rtx-3060", "--command-line", text}).out == outcome.out);
  CHECK(test::lfmfit({"check", "--on", "rtx-3060", "--"}).code == 2);
}
