#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lfmfit/estimate.hpp"

namespace lfmfit::vllm {

/// A question to vLLM with every default filled in.
struct Settings {
  const VllmFacts* facts = nullptr;
  const VllmVersion* version = nullptr;
  const VllmProfile* profile = nullptr;
  const CheckpointForm* form = nullptr;
  const VllmCacheType* cache_type = nullptr;
  std::int64_t tensor_parallel = 1, pipeline_parallel = 1, data_parallel = 1;
  bool whole_experts = false;  ///< expert parallel: each GPU has some experts whole
  double utilization = 0.9;
  Tokens max_model_len;
  std::int64_t requests = 0;  ///< max_num_seqs
  std::int64_t tokens = 0;    ///< max_num_batched_tokens
  std::int64_t block = 0;     ///< tokens; 0: vLLM chooses
  bool eager = false;
  bool dense = true;          ///< the model has plain attention and feed-forward parts alone
  bool sees = false;          ///< or hears: a part that does is loaded too, and what it gives is kept for a step
  bool counts_graphs = true;  ///< what CUDA graphs take is taken off the cache; else it comes on top
  bool prefix_caching = true;
  std::optional<Bytes> cache_bytes;
  std::optional<Bytes> total;  ///< of one card; unset: nothing says
  Bytes reserve;               ///< taken by others on each card
  std::string compute_capability;
  std::int64_t loras = 0, lora_rank = 0;
  std::optional<VllmDraft> draft;

  /// Tokens that a request adds in a step of decode: those that were drafted, and one.
  std::int64_t tokens_a_request() const { return draft ? 1 + draft->tokens : 1; }

  std::int64_t gpus() const { return tensor_parallel * pipeline_parallel * data_parallel; }
  /// GPUs that share the experts of a layer.
  std::int64_t expert_parallel() const { return whole_experts ? tensor_parallel * data_parallel : 1; }
};

/// Throws Error(kBadRequest) for values that make no sense, Error(kUnsupported) where vLLM has no backend.
Settings settings_of(const Question& question);

/// What the part of `model` that sees or hears has; 0: it has none, or nothing says.
std::int64_t tower_parameters(const Model& model, const VllmFacts& facts);

/// The request that asks for `settings` in so many words; `block` is the size of a block that was chosen.
VllmRequest request_of(const Settings& settings, std::int64_t block);

}  // namespace lfmfit::vllm
