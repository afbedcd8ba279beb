#include "ask/written_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "ask/runtime_words.hpp"
#include "ask/shell_words.hpp"
#include "ask/vllm_draft.hpp"
#include "ask/written_model.hpp"
#include "ask/written_options.hpp"
#include "core/base/letter_case.hpp"
#include "readers/named_file.hpp"

namespace lfmfit::ask {

namespace {

using Words = std::vector<std::string>;
using Options = std::vector<WrittenOption>;

std::string line_of(const Words& words) { return shell_line(words) + "\n"; }

/// What an answer takes that no option of llama.cpp's programs says.
std::string llama_comments(const Asked& asked, const Estimate& answer, const WrittenModel& model) {
  std::string text = model.comment;
  const Request& request = answer.request;
  if (request.all_outputs || request.outputs.value_or(request.parallel) != request.parallel)
    text += "# these programs compute one row of logits for each slot, not as many as were asked for\n";
  if (asked.with_mmproj && model.repository.empty())
    text += "# the vision or audio part is a file of its own: add --mmproj FILE\n";
  return text;
}

std::string llama_text(const std::string& program, const Asked& asked, const Question& question, const Estimate& answer,
                       const WrittenModel& model, const Options& options) {
  Words words = {program};
  if (model.repository.empty()) {
    words.insert(words.end(), {"-m", model.file});
  } else {
    words.insert(words.end(), {"-hf", model.repository + ":" + model.tag});
    if (question.model->projector && !asked.with_mmproj && asked.mmproj.empty()) words.emplace_back("--no-mmproj");
  }
  Options others;  // llama-cli generates, and nothing else
  for (const WrittenOption& option : options) {
    const bool is_of_server = option.setting == "embeddings" || option.setting == "pooling";
    if (is_of_server && program != "llama-server") {
      others.push_back(option);
    } else {
      words.insert(words.end(), option.words.begin(), option.words.end());
    }
  }
  return llama_comments(asked, answer, model) + untold(program, others, {}) + line_of(words);
}

std::string parameter(const char* name, std::int64_t value) { return fmt::format("PARAMETER {} {}\n", name, value); }

/// Experts or tensors lie elsewhere than their layers, which Ollama and LM Studio cannot be told: they place by
/// themselves then.
bool moves_parts(const Request& request) {
  return request.cpu_moe || request.n_cpu_moe > 0 || !request.overrides.empty() || !request.overflows.empty();
}

/// llama.cpp placed layers or experts by itself, as it does under Ollama.
bool placed_itself(const Question& question, const Estimate& answer) {
  return question.request.placing != Placing::kGiven &&
         (answer.request.gpu_layers >= 0 || !answer.request.overflows.empty());
}

std::string modelfile(const Asked& asked, const Question& question, const Estimate& answer, const WrittenModel& model) {
  const Request& request = answer.request;
  std::string text = "FROM " + (model.repository.empty() ? model.file : "hf.co/" + model.repository + ":" + model.tag);
  text += "\n" + parameter("num_ctx", request.context.count() / request.parallel);
  if (answer.memory.gpu_count > 0 && !placed_itself(question, answer) && !moves_parts(request))
    text += parameter("num_gpu", request.gpu_layers < 0 ? 999 : request.gpu_layers);
  text += parameter("num_batch", request.ubatch);
  if (request.threads) text += parameter("num_thread", *request.threads);
  if (!request.mmap) text += "PARAMETER use_mmap false\n";
  if (request.main_gpu != 0) text += parameter("main_gpu", request.main_gpu);
  for (const std::string& path : asked.lora) text += "ADAPTER " + path + "\n";
  return text;
}

std::string ollama_text(const Asked& asked, const Question& question, const Estimate& answer, const WrittenModel& model,
                        const Options& options) {
  const Request& request = answer.request;
  std::set<std::string> told = {"context",    "parallel", "batch", "ubatch", "flash_attention",
                                "gpu_layers", "threads",  "mmap",  "lora",   "main_gpu"};
  const bool types_agree = question.cache.k == question.cache.v;
  if (types_agree) told.insert({"kv_type_k", "kv_type_v"});
  if (answer.memory.gpu_count == 0) told.insert("devices");
  if (placed_itself(question, answer)) told.insert({"override_tensor", "experts"});
  Words serve = {fmt::format("OLLAMA_NUM_PARALLEL={}", request.parallel)};
  if (types_agree && question.cache.k->name != "f16") serve.push_back("OLLAMA_KV_CACHE_TYPE=" + question.cache.k->name);
  if (request.flash_attention != FlashAttention::kAuto)
    serve.push_back(fmt::format("OLLAMA_FLASH_ATTENTION={}", request.flash_attention == FlashAttention::kOn ? 1 : 0));
  serve.insert(serve.end(), {"ollama", "serve"});
  std::string file = modelfile(asked, question, answer, model);
  if (answer.memory.gpu_count == 0 && question.device != nullptr && question.device->device_class != DeviceClass::kCpu)
    file += parameter("num_gpu", 0);
  return model.comment + untold("Ollama", options, told) + "cat > Modelfile <<'END'\n" + file + "END\n" +
         shell_line(serve) + " &\n" + line_of({"ollama", "create", model.name, "-f", "Modelfile"}) +
         line_of({"ollama", "run", model.name});
}

/// "max", "off", or the share of the layers.
std::string lm_studio_share(const Question& question, const Estimate& answer) {
  const std::int64_t layers = answer.request.gpu_layers;
  if (answer.memory.gpu_count == 0 || layers == 0) return "off";
  const double all = static_cast<double>(question.model->blocks.size()) + 1;
  return layers < 0 || static_cast<double>(layers) >= all ? "max"
                                                          : fmt::format("{:.3f}", static_cast<double>(layers) / all);
}

std::string lm_studio_text(const Question& question, const Estimate& answer, const WrittenModel& model,
                           const Options& options) {
  std::string key = lower(model.repository.substr(model.repository.find('/') + 1));
  if (const std::size_t end = key.rfind("-gguf"); end != std::string::npos) key.resize(end);
  key += "@" + lower(model.tag);
  if (model.repository.empty()) key = model.name;
  Words load = {"lms", "load", key, "--context-length", std::to_string(answer.request.context.count())};
  if (!moves_parts(answer.request)) load.insert(load.end(), {"--gpu", lm_studio_share(question, answer)});
  if (answer.request.parallel > 1) load.insert(load.end(), {"--parallel", std::to_string(answer.request.parallel)});
  std::set<std::string> told = {"context", "parallel", "gpu_layers", "kv_unified"};
  if (answer.memory.gpu_count == 0) told.insert("devices");
  const Words fetch = model.repository.empty()
                          ? Words{"lms", "import", model.file}
                          : Words{"lms", "get", "https://huggingface.co/" + model.repository + "@" + model.tag};
  return model.comment + untold("lms load", options, told) + line_of(fetch) + line_of(load);
}

template <class Value>
void add_option(Words& words, const char* name, const std::optional<Value>& value) {
  if (value) words.insert(words.end(), {name, fmt::format("{}", *value)});
}

void add_switch(Words& words, const std::string& name, const std::optional<bool>& value) {
  if (value) words.push_back(*value ? "--" + name : "--no-" + name);
}

/// The form in which the model itself is published; others are other checkpoints, or made while it is loaded.
std::string published_form(const Question& question) {
  const std::string& form = question.model->card.published_as;
  return form.empty() ? question.vllm->forms->front().row.name : form;
}

/// What was asked for, and the length of requests that was answered.
std::string vllm_text(const Asked& asked, const Question& question, const Estimate& answer) {
  const VllmRequest& vllm = question.vllm->request;
  const std::string& form = question.quantization->name;
  const bool is_path = asked.model && is_there(*asked.model);
  Words words = {"vllm", "serve", is_path ? *asked.model : question.model->card.id};
  add_option(words, "--max-model-len", std::optional(answer.request.context.count()));
  add_option(words, "--gpu-memory-utilization", answer.vllm->request.gpu_memory_utilization);
  add_option(words, "--tensor-parallel-size", vllm.tensor_parallel_size);
  add_option(words, "--pipeline-parallel-size", vllm.pipeline_parallel_size);
  add_option(words, "--data-parallel-size", vllm.data_parallel_size);
  if (vllm.enable_expert_parallel.value_or(false)) words.emplace_back("--enable-expert-parallel");
  add_option(words, "--max-num-seqs", vllm.max_num_seqs);
  add_option(words, "--max-num-batched-tokens", vllm.max_num_batched_tokens);
  add_option(words, "--kv-cache-dtype", vllm.kv_cache_dtype);
  add_option(words, "--block-size", vllm.block_size);
  if (vllm.enforce_eager.value_or(false)) words.emplace_back("--enforce-eager");
  add_switch(words, "enable-prefix-caching", vllm.enable_prefix_caching);
  if (vllm.kv_cache_memory) add_option(words, "--kv-cache-memory-bytes", std::optional(vllm.kv_cache_memory->count()));
  if (vllm.max_loras || vllm.max_lora_rank) words.emplace_back("--enable-lora");
  add_option(words, "--max-loras", vllm.max_loras);
  add_option(words, "--max-lora-rank", vllm.max_lora_rank);
  if (question.vllm->draft)
    words.insert(words.end(), {"--speculative-config", speculative_config(*question.vllm->draft)});
  std::string comment;
  const bool as_published = is_path || form == published_form(question);
  if (!as_published && form == "FP8") words.insert(words.end(), {"--quantization", "fp8"});
  if (!as_published && form != "FP8")
    comment = fmt::format("# counted as a checkpoint stored as {}: name its repository\n", form);
  return comment + line_of(words);
}

}  // namespace

std::vector<WrittenCommand> written_commands(const Asked& asked, const Question& question, const Estimate& answer,
                                             Finder& finder) {
  if (answer.vllm) return {{"vllm", vllm_text(asked, question, answer)}};
  if (std::string_view(law_of(question).runtime) != kLlamaCpp) return {};
  const WrittenModel model = written_model(asked, question, finder);
  const Options options = written_options(asked, question, answer);
  return {{"llama-server", llama_text("llama-server", asked, question, answer, model, options)},
          {"llama-cli", llama_text("llama-cli", asked, question, answer, model, options)},
          {"ollama", ollama_text(asked, question, answer, model, options)},
          {"lm-studio", lm_studio_text(question, answer, model, options)}};
}

}  // namespace lfmfit::ask
