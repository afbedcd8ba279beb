#include "core/llamacpp/cache_types.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

void require_divides(const TensorType& type, std::int64_t head_dim, const char* side) {
  if (!type.quantized || head_dim % type.block_elements == 0) return;
  throw Error(ErrorKind::kBadRequest,
              fmt::format("{} stored as {} need heads of a multiple of {} numbers, but this model's have {}: use f16",
                          side, type.name, type.block_elements, head_dim));
}

struct HeadSizes {
  std::int64_t k = 0, v = 0;
};

HeadSizes head_sizes(const Attention& attention) { return {attention.head_dim_k, attention.head_dim_v}; }
HeadSizes head_sizes(const LatentAttention& attention) {
  return {attention.kv_lora_rank + attention.head_dim_rope, attention.kv_lora_rank};
}
HeadSizes head_sizes(const ParallelMixer& mixer) { return head_sizes(mixer.attention); }
// Kinds without cache, each by name, so that a new kind does not compile until it is answered.
HeadSizes head_sizes(const NoMixer&) { return {}; }
HeadSizes head_sizes(const ShortConvolution&) { return {}; }
HeadSizes head_sizes(const StateSpace&) { return {}; }
HeadSizes head_sizes(const GatedDeltaNet&) { return {}; }

}  // namespace

void require_cache_types(const Model& model, const Request& request, const TensorType& type_k,
                         const TensorType& type_v) {
  if (type_v.quantized && request.flash_attention == FlashAttention::kOff) {
    throw Error(ErrorKind::kBadRequest,
                "values stored as " + type_v.name + " need flash attention: leave it on, or use f16 values");
  }
  const bool latent = std::any_of(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
    return std::holds_alternative<LatentAttention>(block.mixer);
  });
  if (latent && type_k.name != type_v.name) {
    throw Error(ErrorKind::kBadRequest, "this model reads its values from its keys, so they cannot be stored as " +
                                            type_v.name + " and " + type_k.name +
                                            ": use the same type for keys and values");
  }
  for (const Block& block : model.blocks) {
    const HeadSizes sizes = std::visit([](const auto& mixer) { return head_sizes(mixer); }, block.mixer);
    require_divides(type_k, sizes.k, "keys");
    require_divides(type_v, sizes.v, "values");
  }
}

}  // namespace lfmfit
