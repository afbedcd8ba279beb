// How a GGUF is read where it says nothing itself, as data. Public for the same reason as config_keys.hpp only.
#pragma once

#include <cstdint>
#include <string>

namespace lfmfit {

/// What llama.cpp assumes of an architecture where a GGUF's metadata does not say it, and which keys it heeds.
/// A row of data/gguf_traits.json; an architecture without a row has the defaults.
struct GgufTraits {
  std::string architecture;
  std::int64_t sliding_period = 0;    ///< of each so many layers all but one slide; 0: the metadata must say which
  bool full_first = false;            ///< that one is the first of them, not the last
  bool all_slide = false;             ///< every attention layer slides where attention.sliding_window is set
  std::int64_t default_window = 0;    ///< where attention.sliding_window is absent; 0: no layer slides then
  std::int64_t no_rope_period = 0;    ///< the last of each so many layers does without rotation; 0: none
  bool rotates_sliding_only = false;  ///< where some layers slide, the others do without rotation (EXAONE 4)
  std::int64_t qk_norm_unless_experts = 0;  ///< sliding layers normalize queries and keys after rotation, without
                                            ///< weights, unless there are so many experts
  bool reads_gating = false;                ///< heeds expert_gating_func
  bool reads_weights_norm = false;          ///< heeds expert_weights_norm; absent means false
  bool reads_weights_scale = false;         ///< heeds expert_weights_scale; absent means none
};

}  // namespace lfmfit
