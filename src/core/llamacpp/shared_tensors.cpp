#include "core/llamacpp/shared_tensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/llamacpp/placed_tensor.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

/// How much more than its share of the matrices a GPU may hold: pieces are whole heads and blocks.
constexpr double kUnevenMatrices = 1.05;

Bytes part(Bytes bytes, double share) {
  return Bytes(static_cast<std::int64_t>(std::llround(static_cast<double>(bytes.count()) * share)));
}

/// The fewest heads that a cache could be split into.
std::int64_t fewest_kv_heads(const Model& model) {
  std::int64_t fewest = 0;
  for (const Block& block : model.blocks) {
    std::int64_t heads = 0;
    if (const auto* attention = std::get_if<Attention>(&block.mixer)) heads = attention->n_head_kv;
    if (const auto* parallel = std::get_if<ParallelMixer>(&block.mixer)) heads = parallel->attention.n_head_kv;
    if (std::holds_alternative<LatentAttention>(block.mixer)) heads = 1;
    if (heads > 0) fewest = fewest == 0 ? heads : std::min(fewest, heads);
  }
  return std::max<std::int64_t>(fewest, 1);
}

/// Norms and biases, of which each GPU has a copy.
Bytes copied_everywhere(const Model& model, const std::vector<Tensor>& tensors, const Placement& placement) {
  Bytes bytes;
  for (const PlacedTensor& placed : place_tensors(model, tensors, placement)) {
    const Tensor& tensor = *placed.tensor;
    if (placed.place == 0 && tensor.shape[1] == 1 && tensor.shape[2] == 1)
      bytes += tensor_bytes(tensor.shape, *tensor.stored);
  }
  return bytes;
}

/// Spreads the terms of one GPU over several.
class Spreader {
 public:
  Spreader(Bytes copied, std::int64_t heads, const Release& release)
      : copied_(copied), heads_(static_cast<double>(heads)), release_(release) {}

  MemoryTerm on(int gpu, double share, MemoryTerm term) const {
    set_bounds(share, term);
    term.place = gpu;
    term.formula = fmt::format("{:.4g} x ({})", share, term.formula);
    term.source = std::string(release_.name) + "'s rules for one GPU, in proportion; not measured";
    return term;
  }

 private:
  void set_bounds(double share, MemoryTerm& term) const {
    const Bytes all = term.value, most = term.high;
    term.value = term.low = part(all, share);
    switch (term.use) {
      case MemoryUse::kWeights: {
        const Bytes copies = std::min(copied_, all);
        term.value = copies + part(all - copies, share);
        term.high = std::min(all, copies + part(all - copies, share * kUnevenMatrices));
        break;
      }
      case MemoryUse::kKvCache: term.high = part(all, std::ceil(share * heads_ - 1e-6) / heads_); break;
      case MemoryUse::kCompute:  // parts of activations are split, others are whole on each GPU
        term.value = part(all, (1 + share) / 2);
        term.high = most;
        break;
      default: term.high = most; break;
    }
  }

  Bytes copied_;
  double heads_;
  const Release& release_;
};

void require_shareable(const Request& request, const MemoryContext& context) {
  if (request.flash_attention == FlashAttention::kOff)
    throw Error(ErrorKind::kBadRequest, "llama.cpp splits tensors over GPUs with flash attention only");
  if (context.type_k.quantized || context.type_v.quantized)
    throw Error(ErrorKind::kUnsupported, "how a quantized cache is split by tensors over GPUs is not known");
}

}  // namespace

MemoryLedger on_main_gpu(MemoryLedger ledger, const Request& request) {
  for (MemoryTerm& term : ledger.terms) {
    if (term.place == 0) term.place = static_cast<int>(request.main_gpu);
  }
  ledger.gpu_count = static_cast<int>(request.gpu_count);
  return ledger;
}

MemoryLedger spread_over_gpus(const MemoryLedger& ledger, const Model& model, const std::vector<Tensor>& tensors,
                              const Request& request, const MemoryContext& context) {
  require_shareable(request, context);
  MemoryLedger result = ledger;
  result.gpu_count = static_cast<int>(request.gpu_count);
  result.terms.clear();
  Request alone = request;
  alone.gpu_count = 1;
  alone.tensor_split.clear();
  const Spreader spreader(copied_everywhere(model, tensors, place_layers(model, alone, false)), fewest_kv_heads(model),
                          release_of(request));
  const std::vector<float> shares = cumulative_shares(request, result.gpu_count, context.free);
  for (const MemoryTerm& term : ledger.terms) {
    if (term.place == kHost) result.terms.push_back(term);
    float before = 0;
    for (int gpu = 0; term.place != kHost && gpu < result.gpu_count; ++gpu) {
      const float reached = shares[static_cast<std::size_t>(gpu)];
      if (reached > before) result.terms.push_back(spreader.on(gpu, reached - before, term));
      before = reached;
    }
  }
  return result;
}

}  // namespace lfmfit
