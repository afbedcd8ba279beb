// Releases of llama.cpp, and what decides how much each of them allocates.
#pragma once

#include <string_view>
#include <vector>

namespace lfmfit {

struct Request;

/// One release of llama.cpp: a row of switches, each a rule that the releases before do not follow. Weights, caches and
/// states are the same in all of them; graphs, and so compute buffers, are not. CONTRIBUTING says how a row is made.
struct Release {
  const char* version;                 ///< "0.7.0"
  const char* name;                    ///< "llama.cpp v0.7.0"
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
};

/// Every release that is known, oldest first.
const std::vector<Release>& releases();

/// The release whose rules `request` asks for: the newest where it asks for none.
const Release& release_of(const Request& request);

/// The release that `runtime` names: "llama.cpp" (the newest), "llama.cpp@0.7", "llama.cpp v0.5.0", "llama.cpp 0.7.0".
/// Throws Error(kBadRequest) naming those that are known.
const Release& release_called(std::string_view runtime);

}  // namespace lfmfit
