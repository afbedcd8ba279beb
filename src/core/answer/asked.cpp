#include "lfmfit/asked.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/llamacpp/override_text.hpp"
#include "core/llamacpp/scene.hpp"

namespace lfmfit {

namespace {

constexpr std::array<std::string_view, 8> kOfAll = {"model",  "quantization",  "backend", "depth",
                                                    "device", "reserve_bytes", "runtime", "method"};

constexpr std::array<std::string_view, 16> kOfVllm = {"tensor_parallel_size",
                                                      "pipeline_parallel_size",
                                                      "data_parallel_size",
                                                      "enable_expert_parallel",
                                                      "gpu_memory_utilization",
                                                      "max_model_len",
                                                      "max_num_seqs",
                                                      "max_num_batched_tokens",
                                                      "kv_cache_dtype",
                                                      "block_size",
                                                      "enforce_eager",
                                                      "enable_prefix_caching",
                                                      "kv_cache_memory_bytes",
                                                      "device_bytes",
                                                      "max_loras",
                                                      "max_lora_rank"};

constexpr std::array<std::string_view, 5> kOfMlx = {"kv_bits", "kv_group_size", "quantized_kv_start", "max_kv_size",
                                                    "prefill_step_size"};

/// llama.cpp's that MLX takes too.
constexpr std::array<std::string_view, 5> kSharedByMlx = {"context", "context_each", "users", "prompt",
                                                          "available_bytes"};

/// llama.cpp's that vLLM takes too.
constexpr std::string_view kSharedByVllm = "speculative";

template <std::size_t Size>
bool is_in(const std::array<std::string_view, Size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What questions of every runtime are asked with.
Asked common_fields(const Question& question, const Request& answered) {
  Asked asked;
  asked.model = question.model->card.id;
  asked.quantization = question.quantization->name;
  asked.backend = question.backend->name;
  if (std::string runtime = law_of(question).release(question); !runtime.empty()) asked.runtime = std::move(runtime);
  asked.method = law_of(question).method;
  asked.depth = answered.depth.count();
  if (const Device* device = question.device) asked.device = device->asked_as.empty() ? device->id : device->asked_as;
  if (question.reserve > Bytes(0)) asked.reserve = question.reserve;
  return asked;
}

Asked asked_of_vllm(const Question& question, const Request& answered) {
  Asked asked = common_fields(question, answered);
  asked.max_model_len = answered.context.count();
  asked.vllm = question.vllm->request;
  if (const std::optional<VllmDraft>& draft = question.vllm->draft) {
    asked.speculative = {draft->method, draft->tokens, std::nullopt};
    if (draft->model != nullptr) asked.speculative.model = draft->model->card.id;
  }
  return asked;
}

Asked asked_of_mlx(const Question& question, const Request& answered) {
  Asked asked = common_fields(question, answered);
  asked.context = answered.context.count();
  asked.request.prompt = prompt_of(answered).count();
  asked.available = question.available;
  asked.mlx = question.mlx->request;
  return asked;
}

}  // namespace

const char* runtime_of_field(std::string_view name) {
  if (is_in(kOfAll, name)) return nullptr;
  if (is_in(kOfMlx, name)) return "mlx";
  return is_in(kOfVllm, name) ? "vllm" : "llama.cpp";
}

bool takes_field(std::string_view runtime, std::string_view name) {
  const char* owner = runtime_of_field(name);
  return owner == nullptr || owner == runtime || (runtime == "mlx" && is_in(kSharedByMlx, name)) ||
         (runtime == "vllm" && name == kSharedByVllm);
}

Asked asked_of(const Question& question, const Estimate& answer) {
  Asked asked = asked_of(question, answer.request);
  if (answer.vllm) asked.vllm = answer.vllm->request;
  return asked;
}

Asked asked_of(const Question& question, const Request& answered) {
  if (question.vllm) return asked_of_vllm(question, answered);
  if (question.mlx) return asked_of_mlx(question, answered);
  Asked asked = common_fields(question, answered);
  asked.context = answered.context.count();
  asked.kv_type_k = question.cache.k->name;
  asked.kv_type_v = question.cache.v->name;
  asked.flash_attention = name_of(answered.flash_attention);
  if (may_read_every_row(answered)) {
    asked.outputs = std::string("all");
  } else {
    asked.outputs = answered.outputs.value_or(answered.parallel);
  }
  if (answered.embeddings || answered.pooling)
    asked.pooling = name_of(answered.pooling.value_or(question.model->pooling));
  asked.gpu_layers = answered.gpu_layers;
  asked.n_cpu_moe = answered.n_cpu_moe;
  asked.override_tensor = override_texts(answered, *question.backend);
  asked.gpu_count = answered.gpu_count;
  asked.split_mode = name_of(answered.split_mode);
  asked.available = question.available;
  asked.driver_share = question.driver_share;
  asked.ram = question.ram;
  if (question.ram_bandwidth) asked.ram_bandwidth_gb_s = in_gb_per_second(*question.ram_bandwidth);
  if (answered.drafting != Drafting::kNone) {
    asked.speculative = {name_of(answered.drafting), answered.draft_tokens, std::nullopt};
    if (question.draft_model != nullptr) asked.speculative.model = question.draft_model->card.id;
  }
  asked.request = answered;
  asked.request.importance_matrix = answered.importance_matrix.value_or(question.quantization->importance_matrix);
  asked.request.prompt = prompt_of(answered).count();
  return asked;
}

const char* name_of(SplitMode split_mode) {
  switch (split_mode) {
    case SplitMode::kRow: return "row";
    case SplitMode::kTensor: return "tensor";
    case SplitMode::kNone: return "none";
    case SplitMode::kLayer: break;
  }
  return "layer";
}

const char* name_of(Drafting drafting) {
  switch (drafting) {
    case Drafting::kMtp: return "mtp";
    case Drafting::kModel: return "draft";
    case Drafting::kNone: break;
  }
  return "none";
}

const char* name_of(FlashAttention flash_attention) {
  switch (flash_attention) {
    case FlashAttention::kOn: return "on";
    case FlashAttention::kOff: return "off";
    case FlashAttention::kAuto: break;
  }
  return "auto";
}

}  // namespace lfmfit
