#include "ask/written_command.hpp"

#include <fstream>
#include <set>
#include <sstream>

#include "ask/asked_json.hpp"
#include "ask/pasted_command.hpp"
#include "ask/shell_words.hpp"
#include "catch.hpp"
#include "render/json.hpp"
#include "support/program.hpp"
#include "support/reader_facts.hpp"
#include "support/source_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

using Json = nlohmann::ordered_json;

struct Answered {
  Asked asked;
  Question question;
  Estimate answer;
  std::vector<ask::WrittenCommand> commands;

  std::string text(const std::string& program) const {
    for (const ask::WrittenCommand& command : commands) {
      if (command.program == program) return command.text;
    }
    return "";
  }
};

Answered answered_as_written(const Json& request) {
  Answered all;
  all.asked = ask::read_asked(request);
  all.question = ask::question_of(all.asked, test::finder());
  all.answer = estimate(all.question);
  all.commands = ask::written_commands(all.asked, all.question, all.answer, test::finder());
  return all;
}

Estimate read_back(const std::string& text, const std::string& device, Question& question) {
  const ask::PastedCommand pasted = ask::read_pasted(ask::shell_commands(text), {}, test::finder().catalog);
  question = ask::question_of(ask::asked_on(pasted, device, test::finder()).asked, test::finder());
  return estimate(question);
}

/// What answers print of a request, but for what no command line says.
Json printed(const Question& question, const Estimate& answer, const std::set<std::string>& without) {
  Json json = render::request_json(asked_of(question, answer));
  for (const std::string& key : without) json.erase(key);
  return json;
}

/// Questions of many kinds, each with a device.
std::vector<Json> questions() {
  const auto about = [](const char* model, const char* device, Json more = Json::object()) {
    Json json = {{"model", model}, {"device", device}};
    json.update(more);
    return json;
  };
  return {about("LiquidAI/LFM2-1.2B", "rtx-3060"),
          about("LiquidAI/LFM2-8B-A1B", "rtx-3060", {{"context", 32768}, {"parallel", 4}, {"kv_unified", true}}),
          about("Qwen/Qwen3-8B", "rtx-3060",
                {{"quantization", "Q5_K_M"},
                 {"context", "32k"},
                 {"kv_type_k", "q8_0"},
                 {"kv_type_v", "q8_0"},
                 {"parallel", 2}}),
          about("Qwen/Qwen3-30B-A3B", "rtx-4090, ram=64GiB",
                {{"n_cpu_moe", 20}, {"batch", 1024}, {"ubatch", 1024}, {"flash_attention", "on"}}),
          about("Qwen/Qwen3-30B-A3B", "rtx-3060, ram=64GiB", {{"gpu_layers", "auto"}, {"context", 16384}}),
          about("openai/gpt-oss-20b", "rtx-3060, ram=32GiB", {{"cpu_moe", true}, {"swa_full", true}}),
          about("google/gemma-3-12b-it", "rtx-4090", {{"with_mmproj", true}}),
          about("google/gemma-3-12b-it", "rtx-4090", {{"quantization", "unsloth:Q4_K_M"}}),
          about("meta-llama/Llama-3.1-8B-Instruct", "2x rtx-3090",
                {{"tensor_split", {3, 1}}, {"main_gpu", 1}, {"threads", 8}}),
          about("meta-llama/Llama-3.1-8B-Instruct", "2x rtx-3090", {{"gpu_count", 1}, {"mmap", false}}),
          about("meta-llama/Llama-3.1-8B-Instruct", "2x rtx-3090", {{"split_mode", "none"}, {"main_gpu", 1}}),
          about("meta-llama/Llama-3.1-8B-Instruct", "rtx-3060, ram=32GiB",
                {{"gpu_layers", 20}, {"offload_kqv", false}, {"op_offload", false}}),
          about("meta-llama/Llama-3.1-8B-Instruct", "rtx-3060, ram=32GiB",
                {{"override_tensor", {"blk\\.(2|3)\\.ffn_.*=CPU"}}}),
          about("LiquidAI/LFM2-1.2B", "ryzen-ai-max-395-64gb", {{"backend", "cpu"}, {"threads", 4}}),
          about("LiquidAI/LFM2-1.2B", "apple-macbook-air-m2-16gb", {{"context", "max"}})};
}

}  // namespace

TEST_CASE("each command that is written asks, read back, the same question") {
  for (const Json& request : questions()) {
    CAPTURE(request.dump());
    const Answered all = answered_as_written(request);
    for (const char* program : {"llama-server", "llama-cli"}) {
      CAPTURE(program, all.text(program));
      Question question;
      const Estimate again = read_back(all.text(program), request.at("device"), question);
      // whether a publisher makes it with a matrix, and whose file it is, is not part of what a line says
      const std::set<std::string> without = {"quantization", "importance_matrix", "override_tensor"};
      CHECK(printed(question, again, without) == printed(all.question, all.answer, without));
      CHECK(question.model == all.question.model);
      if (all.text(program).find("in its own way") == std::string::npos) {
        CHECK(again.tensor_bytes == all.answer.tensor_bytes);
        CHECK(render::memory_json(again) == render::memory_json(all.answer));
      }
    }
  }
}

TEST_CASE("llama-server's commands hold options that it has, and no older ones") {
  std::set<std::string> real;
  std::ifstream file(test::source_folder() + "/tests/truth/llama_server_flags.tsv");
  for (std::string line; std::getline(file, line);) {
    std::istringstream names(line.substr(0, line.find('\t')));
    for (std::string name; names >> name;) real.insert(name);
  }
  for (const Json& request : questions()) {
    for (const std::vector<std::string>& words :
         ask::shell_commands(answered_as_written(request).text("llama-server"))) {
      for (const std::string& word : words) {
        if (word.size() < 2 || word.front() != '-') continue;
        CAPTURE(word);
        CHECK(real.count(word) == 1);
      }
    }
  }
}

TEST_CASE("Ollama's commands keep context, slots and cache, and say what Ollama cannot be told") {
  for (const Json& request : questions()) {
    const Answered all = answered_as_written(request);
    CAPTURE(request.dump(), all.text("ollama"));
    if (all.question.backend->name == "cpu") continue;
    Question question;
    const Estimate again = read_back(all.text("ollama"), request.at("device"), question);
    CHECK(again.request.context == all.answer.request.context);
    CHECK(again.request.parallel == all.answer.request.parallel);
    CHECK(again.request.ubatch == all.answer.request.ubatch);
    if (all.text("ollama").find("cannot be told") == std::string::npos &&
        all.text("ollama").find("own way") == std::string::npos && all.question.beside.empty() &&
        !request.contains("gpu_count"))
      CHECK(again.memory.total(0) == all.answer.memory.total(0));
  }
  CHECK_THAT(
      answered_as_written({{"model", "Qwen/Qwen3-30B-A3B"}, {"device", "rtx-4090, ram=64GiB"}, {"n_cpu_moe", 20}})
          .text("ollama"),
      Contains("# Ollama cannot be told: -ncmoe 20") && !Contains("num_gpu"));
}

TEST_CASE("vllm serve asks, read back, the same question") {
  for (const Json& more :
       {Json{{"max_model_len", 16384}}, Json{{"max_num_seqs", 64}, {"kv_cache_dtype", "fp8"}, {"enforce_eager", true}},
        Json{{"tensor_parallel_size", 2}, {"enable_prefix_caching", false}, {"max_loras", 2}},
        Json{{"quantization", "FP8"}, {"gpu_memory_utilization", 0.8}, {"block_size", 32}},
        Json{{"kv_cache_memory_bytes", 4000000000}, {"max_num_batched_tokens", 4096}}}) {
    Json request = {{"model", "Qwen/Qwen3-14B"}, {"device", "2x rtx-5090"}, {"runtime", "vllm"}};
    request.update(more);
    const Answered all = answered_as_written(request);
    CAPTURE(all.text("vllm"));
    CHECK(all.commands.size() == 1);
    Question question;
    const Estimate again = read_back(all.text("vllm"), "2x rtx-5090", question);
    CHECK(printed(question, again, {}) == printed(all.question, all.answer, {}));
  }
}

TEST_CASE("a file is given as it was named, in quotes where it needs them") {
  const Answered all = answered_as_written({{"model", "LiquidAI/LFM2-1.2B"}, {"device", "rtx-3060"}});
  CHECK_THAT(all.text("llama-server"),
             Contains("llama-server -hf LiquidAI/LFM2-1.2B-GGUF:Q4_K_M -c 4096 -np 1 -ngl all\n"));
  CHECK_THAT(all.text("lm-studio"), Contains("lms load lfm2-1.2b@q4_k_m --context-length 4096 --gpu max\n"));
  const Answered none = answered_as_written({{"model", "01-ai/Yi-34B-Chat"}, {"device", "rtx-4090"}});
  CHECK_THAT(none.text("llama-server"), Contains("its name is a guess") && Contains("-m Yi-34B-Chat-Q4_K_M.gguf"));
}

TEST_CASE("check --command prints the commands, and --json holds them") {
  const test::ProgramRun text = test::lfmfit({"check", "lfm2-1.2b", "--on", "rtx-3060", "--command"});
  CHECK_THAT(text.out, Contains("\n# llama-server\nllama-server -hf ") && Contains("\n# ollama\n"));
  const test::ProgramRun plan = test::lfmfit({"plan", "lfm2-1.2b", "--on", "rtx-3060", "--command"});
  CHECK(plan.code == 0);
  CHECK_THAT(plan.out, Contains("\n# llama-server\nllama-server -hf LiquidAI/LFM2-1.2B-GGUF:"));
  const Json json = Json::parse(test::lfmfit({"check", "lfm2-1.2b", "--on", "rtx-3060", "--command", "--json"}).out);
  CHECK(json.at("commands").contains("llama-cli"));
  CHECK(json.at("commands").contains("lm-studio"));
}
