#include "core/llamacpp/driver_demand.hpp"

#include <algorithm>

#include "core/base/limits.hpp"
#include "core/llamacpp/plain_types.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMostVectorColumns = 8;         // more are multiplied in tiles, from activations in 8-bit blocks
constexpr std::int64_t kMostFloatVectorColumns = 16;   // more go to cuBLAS
constexpr std::int64_t kFullTiles = 1024;              // columns from which tiles fill every multiprocessor
constexpr std::int64_t kRowPadding = 512;              // MATRIX_ROW_PADDING
constexpr std::int64_t kBlock = 32, kBlockBytes = 36;  // block_q8_1
constexpr std::int64_t kLeastChunkedTokens = 129;      // fewer are scanned one by one
constexpr std::int64_t kScanChunk = 256;               // tokens that a state-space scan takes at once

bool is_matrix(const PlacedTensor& placed) {
  const Tensor& tensor = *placed.tensor;
  if (placed.use == TensorUse::kInput || placed.use == TensorUse::kConstant) return false;
  return tensor.shape[0] > 1 && tensor.shape[1] > 1 && tensor.name.find("conv") == std::string::npos;
}

/// Activations of `columns` tokens as 8-bit blocks.
Bytes activations(std::int64_t columns, std::int64_t inner) {
  return Bytes(checked_multiply(columns, round_up(inner, kRowPadding)) / kBlock * kBlockBytes);
}

std::int64_t experts_used(const Model& model, int layer) {
  if (layer < 0) return 1;
  const auto* experts = std::get_if<MixtureOfExperts>(&model.blocks[static_cast<std::size_t>(layer)].feed_forward);
  return experts != nullptr ? experts->n_expert_used : 1;
}

class Demand {
 public:
  Demand(const Model& model, const Scene& scene, const CacheSizes& cells, bool offload_kqv)
      : model_(model), scene_(scene), cells_(cells), offload_kqv_(offload_kqv) {}

  void multiply(const PlacedTensor& placed) {
    const Tensor& tensor = *placed.tensor;
    const bool experts = placed.use == TensorUse::kExperts;
    std::int64_t columns = placed.use == TensorUse::kHead ? scene_.outputs : scene_.ubatch;
    if (tensor.stored->quantized) {
      if (columns <= kMostVectorColumns) return;
      demand_.splits_tiles = demand_.splits_tiles || columns < kFullTiles;
      columns *= experts ? experts_used(model_, tensor.layer) : tensor.shape[2];
      grow(demand_.activations, activations(columns, tensor.shape[0]));
      return;
    }
    if (columns <= kMostFloatVectorColumns || experts) return;
    demand_.multiplies_floats = true;
    // inputs as numbers of 16 bits, and where these are F16, the result
    if (tensor.stored->name == kF32.name) return;
    const std::int64_t rows = tensor.stored->name == kF16.name ? tensor.shape[1] : 0;
    grow(demand_.scratch, Bytes(2 * checked_multiply(columns, tensor.shape[0] + rows)));
  }

  void mix(const Block& block) {
    std::visit([&](const auto& mixer) { mix_by(mixer); }, block.mixer);
  }

  DriverDemand take() const { return demand_; }

 private:
  static void grow(Bytes& most, Bytes bytes) { most = std::max(most, bytes); }

  // Without flash attention probabilities are multiplied with the values as numbers of 16 bits, where these lie.
  void attend(std::int64_t heads, std::int64_t cells) {
    if (scene_.flash_attention || !offload_kqv_) return;
    demand_.multiplies_floats = true;
    grow(demand_.scratch, Bytes(2 * checked_multiply(checked_multiply(cells, scene_.ubatch), heads)));
  }

  // A prompt is scanned in chunks: decays between all tokens of a chunk, its inputs, and the states between chunks.
  void scan(const StateSpace& space) {
    if (scene_.ubatch < kLeastChunkedTokens) return;
    demand_.multiplies_floats = true;
    const std::int64_t chunks = std::max<std::int64_t>(scene_.ubatch / kScanChunk, 1);
    const std::int64_t decays = 2 * kScanChunk * std::max<std::int64_t>(space.dt_rank, 1);
    grow(demand_.scratch, Bytes(checked_multiply(scene_.ubatch, decays + 4 * space.d_inner) +
                                4 * checked_multiply(chunks * space.d_inner, space.d_state)));
  }

  void mix_by(const Attention& attention) {
    if (attention.cached) attend(attention.n_head, attention.sliding ? cells_.sliding : cells_.full);
  }
  void mix_by(const LatentAttention& attention) { attend(attention.n_head, cells_.full); }
  void mix_by(const StateSpace& space) {
    if (space.version != 1) scan(space);
  }
  void mix_by(const ParallelMixer& mixer) {
    mix_by(mixer.attention);
    mix_by(mixer.state_space);
  }
  void mix_by(const NoMixer&) {}
  void mix_by(const ShortConvolution&) {}
  void mix_by(const GatedDeltaNet&) {}

  const Model& model_;
  const Scene& scene_;
  const CacheSizes& cells_;
  bool offload_kqv_;
  DriverDemand demand_;
};

}  // namespace

std::vector<DriverDemand> driver_demands(const Model& model, const std::vector<PlacedTensor>& placed,
                                         const Placement& placement, const Request& request, const Scene& scene,
                                         const CacheSizes& cells) {
  std::vector<Demand> demands(static_cast<std::size_t>(placement.gpu_count),
                              Demand(model, scene, cells, placement.offload_kqv));
  if (demands.empty()) return {};
  // large batches meet weights of host memory on the first GPU
  const bool moves = request.op_offload && scene.ubatch >= kMinOffloadedBatch;
  for (const PlacedTensor& one : placed) {
    const bool on_host = one.place == placement.host();
    if (!is_matrix(one) || (on_host && !moves)) continue;
    demands[on_host ? 0 : static_cast<std::size_t>(one.place)].multiply(one);
  }
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    const int place = placement.layers[i];
    if (place != placement.host()) demands[static_cast<std::size_t>(place)].mix(model.blocks[i]);
  }
  std::vector<DriverDemand> result;
  for (const Demand& demand : demands) result.push_back(demand.take());
  return result;
}

}  // namespace lfmfit
