#include "lfmfit/workload.hpp"

#include <algorithm>

#include "core/llamacpp/placement.hpp"
#include "core/speed/attention_load.hpp"
#include "core/speed/launch_count.hpp"
#include "core/speed/product_load.hpp"

namespace lfmfit {

using namespace speed;

namespace {

bool is_measured(const LaunchCounts& counts, const SpeedConstants& constants) {
  for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
    const bool known = std::any_of(constants.launches.begin(), constants.launches.end(),
                                   [part](const LaunchTable& table) { return table.costs[part].rows > 0; });
    if (counts[part] > 0 && !known) return false;
  }
  return true;
}

bool attends(const Mixer& mixer) {
  return std::holds_alternative<Attention>(mixer) || std::holds_alternative<LatentAttention>(mixer) ||
         std::holds_alternative<ParallelMixer>(mixer);
}

/// Caches, states and kernels of each layer, where they lie.
void add_layers(const Model& model, const Placement& placement, const CacheTypes& cache, Workload& workload) {
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    const auto layer = static_cast<int>(i);
    const Block& block = model.blocks[i];
    const bool is_kept = placement.is_beside_gpus(placement.cache_place(layer)) &&
                         !placement.is_beside_gpus(placement.layer_place(layer));
    if (is_kept && !attends(block.mixer)) workload.kept.layers += 1;
    for (PlaceLoad* load : is_kept ? std::vector<PlaceLoad*>{&workload.kept}
                                   : loads_at(placement.cache_place(layer), placement, workload)) {
      add_attention(block.mixer, cache, *load);
      add_state(block.mixer, *load);
    }
    for (PlaceLoad* load : loads_at(placement.layer_place(layer), placement, workload)) {
      add_launches(block, load->launches);
      load->layers += 1;
    }
    if (placement.experts_place(layer) != placement.layer_place(layer) &&
        std::holds_alternative<MixtureOfExperts>(block.feed_forward))
      workload.host.expert_layers += 1;
  }
}

/// The host looks up the embedding of a token, which the first part gets.
void add_input(const Model& model, const std::vector<Tensor>& tensors, const Placement& placement,
               const SpeedConstants& constants, Workload& workload) {
  const auto embedding = std::find_if(tensors.begin(), tensors.end(), [](const Tensor& tensor) {
    return tensor.name == "token_embd.weight" && tensor.layer < 0;
  });
  const auto is_slow = [&](const WeightKernel& kernel) {
    return embedding != tensors.end() && kernel.type == embedding->stored && kernel.slow_embedding;
  };
  const bool slow = std::any_of(constants.weight_kernels.begin(), constants.weight_kernels.end(), is_slow);
  const int first = placement.gpu_count > 0 && placement.is_beside_gpus(placement.layer_place(0))
                        ? placement.output
                        : placement.layer_place(0);
  const auto add_to = [&](PlaceLoad& load) {
    load.embedding = static_cast<double>(model.n_embd);
    load.slow_embedding = slow;
    load.launches[static_cast<std::size_t>(LaunchPart::kToken)] += 1;
  };
  if (model.blocks.empty()) return;
  for (PlaceLoad* load : loads_at(first, placement, workload)) add_to(*load);
}

/// `share` of all that `load` is; each of its matrices is cut.
PlaceLoad part_of(PlaceLoad load, double share) {
  for (Product& product : load.products) {
    product.outputs *= share;
    product.bytes *= share;
  }
  for (AttentionLoad& attention : load.attention) {
    attention.heads *= share;
    attention.cache_heads *= share;
    attention.cell_bytes *= share;
  }
  for (double* amount :
       {&load.other_bytes, &load.states, &load.state_space, &load.delta_net, &load.activations, &load.vocabulary})
    *amount *= share;
  return load;
}

/// GPUs that share each layer launch all of its kernels, and have a part of everything else.
void share_tensors(const std::vector<float>& shares, Workload& workload) {
  float before = 0;
  for (std::size_t gpu = 0; gpu < shares.size(); ++gpu) {
    workload.gpus[gpu] = part_of(workload.device, static_cast<double>(shares[gpu] - before));
    before = shares[gpu];
  }
}

}  // namespace

bool PlaceLoad::has_experts() const {
  return std::any_of(products.begin(), products.end(),
                     [](const Product& product) { return product.use == ProductUse::kExperts; });
}

double bytes_of_a_token(const PlaceLoad& load) {
  double bytes = 0;
  for (const Product& product : load.products) bytes += product.count * product.bytes * product.used / product.experts;
  return bytes;
}

double products_of_a_token(const PlaceLoad& load) {
  double products = 0;
  for (const Product& product : load.products) {
    if (product.use != ProductUse::kHead) products += product.count * product.inputs * product.outputs * product.used;
  }
  return products;
}

Workload count_work(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                    const CacheTypes& cache, bool cpu_backend, const SpeedConstants& constants,
                    const std::vector<Bytes>& free) {
  const Placement placement = place_layers(model, request, cpu_backend, free);
  Workload workload;
  if (placement.gpu_count > 1) workload.gpus.resize(static_cast<std::size_t>(placement.gpu_count));
  workload.layers = static_cast<std::int64_t>(model.blocks.size());
  workload.depth = request.depth.count();
  workload.ubatch = std::max<std::int64_t>(1, std::min(request.ubatch, request.batch));
  workload.prompt = prompt_of(request).count();
  workload.generates = model.has_output && !request.embeddings;
  workload.op_offload = request.op_offload;
  workload.kv_unified = request.kv_unified && request.parallel > 1;
  workload.flash_attention = request.flash_attention != FlashAttention::kOff;
  workload.quantized_cache = cache.k->quantized;
  add_products(model, tensors, placement, constants, workload);
  add_layers(model, placement, cache, workload);
  add_input(model, tensors, placement, constants, workload);
  workload.measured =
      is_measured(workload.device.launches, constants) && is_measured(workload.host.launches, constants);
  if (request.split_mode == SplitMode::kTensor && placement.gpu_count > 1)
    share_tensors(cumulative_shares(request, placement.gpu_count, free), workload);
  return workload;
}

}  // namespace lfmfit
