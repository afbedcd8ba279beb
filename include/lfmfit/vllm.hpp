// vLLM: what it is asked, what is known of its versions, and what it answers. It takes a share of each card, fills what
// weights and computing leave of it with cache, and starts if that cache holds one request of the longest kind.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/quantization.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

struct Model;

/// A factor or a share that is not exact: most likely value and the bounds it was seen or must lie between.
struct Band {
  double low = 0, value = 0, high = 0;
};

/// vLLM's options under their own names. Unset: vLLM's default for the model, the card and the version.
struct VllmRequest {
  std::optional<std::int64_t> tensor_parallel_size, pipeline_parallel_size, data_parallel_size;
  std::optional<bool> enable_expert_parallel;  ///< whole experts lie on each GPU, not a part of each
  std::optional<double> gpu_memory_utilization;
  std::optional<std::int64_t> max_num_seqs, max_num_batched_tokens;
  std::optional<std::string> kv_cache_dtype;
  std::optional<std::int64_t> block_size;
  std::optional<bool> enforce_eager;  ///< no CUDA graphs
  std::optional<bool> enable_prefix_caching;
  std::optional<Bytes> kv_cache_memory;                  ///< of each GPU; nothing is profiled then
  std::optional<Bytes> device;                           ///< what the driver reports as a card's total
  std::optional<std::int64_t> max_loras, max_lora_rank;  ///< slots of adapters; none unless asked for
};

/// How a checkpoint that vLLM loads is stored: a row of data/checkpoint_forms.json.
struct CheckpointForm {
  /// What dimensions of experts are padded to on GPUs of a compute capability.
  struct Padding {
    std::string compute_capability;  ///< begins so; empty: any
    std::int64_t hidden = 1, intermediate = 1;
  };

  Quantization row;                    ///< its name and quality; it stores every tensor as BF16
  std::vector<std::string> stored_as;  ///< what readers of config.json call it: "awq, 4 bits"
  double bits = 16;                    ///< of one number of a linear layer
  double scale_bits = 0;               ///< of the scales and zero points that a group of numbers shares
  std::int64_t group = 0;              ///< numbers in a row that share them; 0: a whole row
  bool experts_only = false;           ///< other linear layers stay BF16
  bool keeps_states = false;           ///< linear layers of mixers that are no attention stay BF16
  bool whole_groups = false;           ///< refused where a GPU's part of a row is no whole number of groups
  Band weights{1, 1, 1};               ///< of the bytes of all, for checkpoints of one form differ
  std::vector<Padding> padding;        ///< of experts; the first that matches counts
  std::string source;
};

/// How vLLM measures what a model takes before it sizes the cache: a dummy batch, then a draw for every request.
struct VllmProfile {
  /// What stays taken on each of several GPUs that work together on cards of a compute capability.
  struct Together {
    std::string compute_capability;  ///< begins so; empty: any
    Band gib;
  };

  std::string name;                ///< "sorting"
  Band sampler_bytes;              ///< at the peak of sampling, of one logit
  double forward_hidden = 4;       ///< copies of hidden states at the peak of the dummy batch
  bool keeps_workspace = false;    ///< what experts compute in is still there when it samples
  bool counts_context = false;     ///< the CUDA context lies within the share
  Band other_gib;                  ///< beside weights and the dummy batch
  std::vector<Together> together;  ///< besides; the first that matches counts
  std::string source;
};

/// A release of vLLM, as far as answers depend on it: a row of data/vllm.json.
struct VllmVersion {
  std::string name;                   ///< "0.30"
  double utilization = 0.9;           ///< gpu_memory_utilization where it is not given
  std::string profile;                ///< the name of a VllmProfile
  std::string dense_profile;          ///< that of models with neither experts nor states
  bool counts_graphs = true;          ///< CUDA graphs are estimated and taken off the cache; else they come on top
  bool tokens_by_requests = true;     ///< the log's tokens are requests x max_model_len; else blocks of one group
  bool hybrid_prefix_caching = true;  ///< on by default for models with states too
  bool counts_dense_graphs = true;    ///< those of models with neither experts nor states too
  bool mixes_layers = true;           ///< layers that keep differently lie in one pool; else windows keep all tokens
  std::string source;
};

/// A type that vLLM caches keys and values in.
struct VllmCacheType {
  std::string name;                  ///< "fp8"
  double bits = 16;                  ///< of one number
  std::int64_t bytes_of_scales = 0;  ///< of keys, and of values, of a head
  std::int64_t latent_bytes = 0;     ///< of a token of latent attention; 0: by `bits`
};

/// Parts of models that see or hear, which vLLM loads beside the language part.
struct VllmTower {
  std::vector<std::string> models;  ///< ids
  std::int64_t parameters = 0;
};

/// How many requests and tokens vLLM takes at once on cards of at least that much memory.
struct VllmBatch {
  std::vector<std::string> versions;  ///< of these releases alone; none: of all others
  double least_gib = 0;
  std::string except_compute_capability;
  std::int64_t requests = 0, tokens = 0;
  Tokens whole_prompts;  ///< prompts are not cut where max_model_len is at most this: a step takes as many tokens
};

/// What context and NCCL take outside the request, of a machine where at least `gpus` work together.
struct VllmOutside {
  std::int64_t gpus = 1;
  Band gib;
};

/// All that data says of vLLM.
struct VllmFacts {
  std::vector<VllmVersion> versions;  ///< the newest first
  std::vector<VllmProfile> profiles;  ///< each version names two of them
  std::vector<VllmCacheType> cache_types;
  std::vector<VllmTower> towers;
  std::vector<VllmBatch> batches;    ///< the first that a card is large enough for counts
  std::vector<VllmOutside> outside;  ///< most GPUs first
  std::vector<std::string> backends;
  double least_compute_capability = 0;
  std::int64_t block = 16, latent_block = 64;  ///< tokens of a block; of latent attention
  Band graph_bytes;                            ///< of one captured size of one layer, for each number of a hidden state
  Band graph_bytes_of_experts;                 ///< the same where there are experts
  Band forward, forward_of_others;      ///< of the forward pass's peak, as a share of the rule's: dense models; others
  double forward_wide = 0;              ///< copies of what is as wide as a feed-forward part at that peak
  Band profile_gib;                     ///< small buffers beside either peak
  Band bandwidth_share, compute_share;  ///< of the data sheet's that decode and prompts reach: not measured
  Band launch_us, launch_us_of_experts, launch_us_together;  ///< of a layer in a step: of any; where it has experts,
                                                             ///< and where GPUs share it, besides
  Band step_us;                                              ///< of a step, whatever is in it
  std::string graph_source, forward_source, outside_source, speed_source;
};

/// What drafts tokens ahead (`--speculative-config`).
struct VllmDraft {
  std::string method;            ///< "ngram", "mtp", "eagle", "eagle3" or "draft_model"
  std::int64_t tokens = 0;       ///< num_speculative_tokens
  const Model* model = nullptr;  ///< that of draft_model, in the form of the other
};

/// What a question to vLLM asks besides model, form and device.
struct VllmQuestion {
  const VllmFacts* facts = nullptr;
  const VllmVersion* version = nullptr;
  const std::vector<CheckpointForm>* forms = nullptr;  ///< one of their rows is the question's quantization
  VllmRequest request;
  std::optional<Bytes> checkpoint;                ///< of all tensors, as headers of safetensors say; unset: by the form
  std::optional<VllmDraft> draft = std::nullopt;  ///< unset: nothing drafts
};

/// Whether vLLM starts. may refuse: it starts by the likely figures, but not at the end of their bands. overruns: it
/// starts, but CUDA graphs may find no memory. From best to worst.
enum class VllmVerdict { kStarts, kOverruns, kMayRefuse, kRefuses };

/// "starts", "overruns", "may refuse", "refuses".
const char* name_of(VllmVerdict verdict);

/// A change of options, and the cache that it gives each GPU.
struct VllmChange {
  std::string options;  ///< "--max-num-seqs 128"
  Bytes gain;
  bool starts = true;  ///< vLLM starts with it
};

/// What vLLM's log says, and what to do about it.
struct VllmAnswer {
  VllmRequest request;  ///< as answered, every default filled in
  std::string version;
  std::optional<VllmVerdict> verdict;    ///< unset: nothing says what memory there is
  std::string reason;                    ///< why it refuses, may refuse or overruns; empty: it starts
  bool graphs_in_share = true;           ///< CUDA graphs are part of it; else they come on top
  Bytes requested;                       ///< of each GPU: the share that vLLM asks for
  Bytes needed;                          ///< of the fullest GPU: the least share that starts, with one request
  std::int64_t kv_cache_tokens = 0;      ///< "GPU KV cache size"
  std::int64_t kv_cache_tokens_low = 0;  ///< the same at the end of the bands
  double maximum_concurrency = 0;        ///< requests of max_model_len
  std::int64_t block_size = 0;           ///< tokens
  std::int64_t blocks = 0;
  std::int64_t blocks_a_request = 0;
  std::int64_t cache_groups = 0;
  Bytes bytes_per_block;  ///< on the GPU that has fewest blocks
  Tokens largest_max_model_len;
  std::vector<VllmChange> changes;  ///< the cheapest first
};

}  // namespace lfmfit
