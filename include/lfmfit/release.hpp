// Releases of llama.cpp, and what decides how much each of them allocates.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace lfmfit {

struct Request;

/// One release of llama.cpp, or the builds of a time before it had releases: a row of switches, each a rule that the
/// rows before do not follow. Weights, caches and states are the same in all of them; graphs, and so compute buffers,
/// are not. CONTRIBUTING says how a row is made.
struct Release {
  const char* version;                    ///< "0.7.0"; of builds before releases: "b8390", one of them
  const char* name;                       ///< "llama.cpp v0.7.0"
  std::int64_t first_build = 0;           ///< the number of the first build that follows its rules
  bool compared_in_part = false;          ///< with fewer models than releases were
  bool rotates_quantized_keys = false;    ///< what a quantized cache holds is turned by a Hadamard matrix
  bool halves_masks = false;              ///< masks are made as F16 where flash attention reads them, not cast to it
  bool limits_outputs = false;            ///< a context is told how many rows of logits it has to hold
  bool copies_quantized_caches = false;   ///< the F16 copy that CUDA's flash attention makes lies in the buffer
  bool shows_hidden_states = false;       ///< all rows of the last layer stay readable for a draft model
  bool reserves_cache_copies = false;     ///< Metal's flash attention has room for F16 copies of any keys and values
  bool copies_beside_integrated = false;  ///< files are mapped beside GPUs that take them only (--load-mode auto)
  bool integrated_reads_host = false;     ///< BackendTraits::integrated_reads_host counts
  bool protects_fusions = false;       ///< what a fused operation reads lives until it ends; Vulkan knows more of them
  bool mixes_inputs = false;           ///< graphs hold a third form of input: token ids among ready embeddings
  bool scales_rows = false;            ///< Model::scales_rows: embeddings are multiplied by one number a row
  bool looks_up_layers_first = false;  ///< per-layer embeddings are looked up before all else, but for several streams
  bool picks_rows_in_last_layer = false;  ///< whatever Model::output_rows says, but for several streams
  bool gathers_states_once = false;       ///< states and what is copied back come from one look-up
  bool scans_spare_states = false;        ///< a scan looks up the states of all sequences but one beside its own
  bool reads_strided_gates = false;       ///< no copy of the gates of a fused delta net
  bool joins_shared_expert = false;       ///< on CUDA and ROCm: next to the routed ones, where the sizes agree
  bool copies_unused_inputs = false;      ///< for a pipeline over several GPUs
  bool caches_experts = false;            ///< --moe-cache-mib: some experts of host memory are kept on the GPU
  bool embeds_without_output = false;     ///< no logits where pooled embeddings are asked for, whatever the model
  bool looks_up_positions_first = false;  ///< learned positions, before the tokens
  bool pads_encoder_keys = false;         ///< keys and values without a cache, to a multiple of 256 tokens
};

/// Every release that is known, oldest first.
const std::vector<Release>& releases();

/// The release whose rules `request` asks for: the newest where it asks for none.
const Release& release_of(const Request& request);

/// The release whose rules build `number` of llama.cpp follows. Throws Error(kBadRequest) for builds before the oldest
/// that are known.
const Release& release_of_build(std::int64_t number);

/// The release that `runtime` names: "llama.cpp" (the newest), "llama.cpp@0.7", "llama.cpp v0.5.0", "llama.cpp 0.7.0",
/// or by the number of a build, "llama.cpp@b9849". Throws Error(kBadRequest) naming those that are known.
const Release& release_called(std::string_view runtime);

}  // namespace lfmfit
