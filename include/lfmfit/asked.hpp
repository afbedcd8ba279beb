// A question in the words of whoever asks: what options, JSON lines and pages fill in, and what answers print back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/request.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// A number, or a word that stands for one: 4096, "32k", "fit".
using NumberOrWord = std::variant<std::int64_t, std::string>;

/// Tokens drafted ahead and checked together.
struct Speculative {
  std::optional<std::string> type;   ///< "mtp": by the model's own further layers; "draft": by another model
  std::optional<std::int64_t> max;   ///< tokens drafted ahead
  std::optional<std::string> model;  ///< the one that drafts

  bool is_asked() const { return type || max || model; }
};

/// What was asked for, in the words of whoever asks. Options, lines of JSON and pages each only fill this in; what the
/// words mean is for one place to say (question_of). What is unset has its default there.
struct Asked {
  std::optional<std::string> model;
  std::optional<std::string> quantization;
  std::optional<NumberOrWord> context;
  std::optional<std::string> kv_type_k, kv_type_v;
  std::optional<std::string> flash_attention;
  std::optional<NumberOrWord> outputs;       ///< rows of logits, or "all"
  std::optional<NumberOrWord> gpu_layers;    ///< or "all", or "auto"
  std::optional<NumberOrWord> n_cpu_moe;     ///< layers, or "auto"
  std::optional<std::string> pooling;        ///< "none", "mean", "cls", "last", "rank"
  std::vector<std::string> override_tensor;  ///< "PATTERN=BUFFER", as llama.cpp takes them
  std::optional<std::string> split_mode;
  std::optional<std::int64_t> gpu_count;
  std::optional<std::string> backend;
  std::optional<NumberOrWord> depth;
  std::optional<std::string> method;
  std::optional<std::string> like;     ///< "server", "ollama": what that takes where nothing else is asked for
  std::optional<std::string> runtime;  ///< "llama.cpp@0.7"
  std::optional<std::string> device;
  std::optional<Bytes> available, driver_share, ram, reserve;
  std::optional<double> ram_bandwidth_gb_s;
  std::optional<std::int64_t> users;  ///< requests at once, each with `context_each`: sets slots and context
  std::optional<NumberOrWord> context_each;
  bool with_mmproj = false;  ///< the model's own vision or audio part is loaded beside it
  Speculative speculative;
  std::vector<std::string> mmproj, lora, control_vectors;  ///< paths of files that are loaded beside the model
  Request request;  ///< numbers and flags that mean what they say; the others in it count for nothing
  std::optional<NumberOrWord> max_model_len;  ///< vLLM's; or "auto"
  VllmRequest vllm;
  MlxRequest mlx;
};

/// Calls `visit(name, field)` for each field that an answer prints as it was understood, in that order: the one place
/// where fields of requests are named. `asked` is an Asked, const or not.
template <class AnyAsked, class Visit>
void for_each_printed_field(AnyAsked&& asked, Visit&& visit) {
  visit("quantization", asked.quantization);
  visit("importance_matrix", asked.request.importance_matrix);
  visit("context", asked.context);
  visit("kv_type_k", asked.kv_type_k);
  visit("kv_type_v", asked.kv_type_v);
  visit("parallel", asked.request.parallel);
  visit("kv_unified", asked.request.kv_unified);
  visit("batch", asked.request.batch);
  visit("ubatch", asked.request.ubatch);
  visit("flash_attention", asked.flash_attention);
  visit("outputs", asked.outputs);
  visit("embeddings", asked.request.embeddings);
  visit("pooling", asked.pooling);
  visit("swa_full", asked.request.swa_full);
  visit("gpu_layers", asked.gpu_layers);
  visit("cpu_moe", asked.request.cpu_moe);
  visit("n_cpu_moe", asked.n_cpu_moe);
  visit("override_tensor", asked.override_tensor);
  visit("offload_kqv", asked.request.offload_kqv);
  visit("op_offload", asked.request.op_offload);
  visit("backend", asked.backend);
  visit("gpu_count", asked.gpu_count);
  visit("split_mode", asked.split_mode);
  visit("tensor_split", asked.request.tensor_split);
  visit("main_gpu", asked.request.main_gpu);
  visit("mmap", asked.request.mmap);
  visit("moe_cache_mib", asked.request.moe_cache_mib);
  visit("speculative", asked.speculative);
  visit("depth", asked.depth);
  visit("prompt", asked.request.prompt);
  visit("threads", asked.request.threads);
  visit("method", asked.method);
  visit("runtime", asked.runtime);
  visit("device", asked.device);
  visit("available_bytes", asked.available);
  visit("runtime_bytes", asked.driver_share);
  visit("ram_bytes", asked.ram);
  visit("ram_bandwidth_gb_s", asked.ram_bandwidth_gb_s);
  visit("reserve_bytes", asked.reserve);
  visit("tensor_parallel_size", asked.vllm.tensor_parallel_size);
  visit("pipeline_parallel_size", asked.vllm.pipeline_parallel_size);
  visit("data_parallel_size", asked.vllm.data_parallel_size);
  visit("enable_expert_parallel", asked.vllm.enable_expert_parallel);
  visit("gpu_memory_utilization", asked.vllm.gpu_memory_utilization);
  visit("max_model_len", asked.max_model_len);
  visit("max_num_seqs", asked.vllm.max_num_seqs);
  visit("max_num_batched_tokens", asked.vllm.max_num_batched_tokens);
  visit("kv_cache_dtype", asked.vllm.kv_cache_dtype);
  visit("block_size", asked.vllm.block_size);
  visit("enforce_eager", asked.vllm.enforce_eager);
  visit("enable_prefix_caching", asked.vllm.enable_prefix_caching);
  visit("kv_cache_memory_bytes", asked.vllm.kv_cache_memory);
  visit("device_bytes", asked.vllm.device);
  visit("max_loras", asked.vllm.max_loras);
  visit("max_lora_rank", asked.vllm.max_lora_rank);
  visit("kv_bits", asked.mlx.kv_bits);
  visit("kv_group_size", asked.mlx.kv_group_size);
  visit("quantized_kv_start", asked.mlx.quantized_kv_start);
  visit("max_kv_size", asked.mlx.max_kv_size);
  visit("prefill_step_size", asked.mlx.prefill_step_size);
}

/// The same for every field, those that answers say elsewhere included.
template <class AnyAsked, class Visit>
void for_each_field(AnyAsked&& asked, Visit&& visit) {
  visit("model", asked.model);
  for_each_printed_field(asked, visit);
  visit("like", asked.like);
  visit("users", asked.users);
  visit("context_each", asked.context_each);
  visit("with_mmproj", asked.with_mmproj);
  visit("mmproj", asked.mmproj);
  visit("lora", asked.lora);
  visit("control_vectors", asked.control_vectors);
}

/// The runtime whose options a field belongs to: "llama.cpp", "vllm" or "mlx"; null: every one has it.
const char* runtime_of_field(std::string_view name);

/// Whether `runtime` takes a field, its own or one that it shares with another.
bool takes_field(std::string_view runtime, std::string_view name);

/// What would ask `question` again as it was answered, every default filled in; `answered` is the answer's request.
/// What lies beside the model is left out.
Asked asked_of(const Question& question, const Request& answered);

/// The same of a whole answer, with what the runtime chose filled in.
Asked asked_of(const Question& question, const Estimate& answer);

/// "auto", "on", "off".
const char* name_of(FlashAttention flash_attention);

/// "none", "mtp", "draft".
const char* name_of(Drafting drafting);

/// "layer", "row", "tensor", "none".
const char* name_of(SplitMode split_mode);

}  // namespace lfmfit
