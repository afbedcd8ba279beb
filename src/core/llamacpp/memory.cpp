#include "lfmfit/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "core/llamacpp/buffer_size.hpp"
#include "core/llamacpp/cache_buffers.hpp"
#include "core/llamacpp/cache_types.hpp"
#include "core/llamacpp/compute.hpp"
#include "core/llamacpp/driver_demand.hpp"
#include "core/llamacpp/integrated_gpu.hpp"
#include "core/llamacpp/mapped_file.hpp"
#include "core/llamacpp/placed_tensor.hpp"
#include "core/llamacpp/row_split.hpp"
#include "core/llamacpp/shared_tensors.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr double kOldBuildsLow = 0.95, kOldBuildsHigh = 1.12;
constexpr double kOldDeltaNetsLow = 0.55, kOldDeltaNetsHigh = 1.75;
constexpr double kCachedExperts = 0.995, kFewestCachedExperts = 0.98;  // of --moe-cache-mib

std::vector<BufferSize> weights(const std::vector<PlacedTensor>& tensors, const Placement& placement,
                                const Request& request, const BackendTraits& traits) {
  std::vector<BufferSize> buffers = buffers_for(placement, traits);
  for (const PlacedTensor& placed : tensors) {
    if (is_split_by_rows(placed, placement, request, traits)) continue;
    buffers[static_cast<std::size_t>(placed.place)].add(*placed.tensor->stored, placed.tensor->shape);
  }
  return buffers;
}

/// Whether anything that is multiplied with lies beside GPUs.
bool leaves_weights_on_host(const std::vector<PlacedTensor>& tensors, const Placement& placement) {
  return std::any_of(tensors.begin(), tensors.end(), [&](const PlacedTensor& placed) {
    return placed.use != TensorUse::kInput && !is_scan_parameter(*placed.tensor) &&
           placement.is_beside_gpus(placed.place);
  });
}

/// Layers all of whose experts lie beside GPUs.
int expert_layers_on_host(const std::vector<PlacedTensor>& tensors, const Placement& placement) {
  std::map<int, bool> all_on_host;  // by layer
  for (const PlacedTensor& placed : tensors) {
    if (placed.use != TensorUse::kExperts) continue;
    bool& all = all_on_host.emplace(placed.tensor->layer, true).first->second;
    all = all && placement.is_beside_gpus(placed.place);
  }
  return static_cast<int>(
      std::count_if(all_on_host.begin(), all_on_host.end(), [](const auto& layer) { return layer.second; }));
}

Bytes scaled(Bytes bytes, double factor) {
  return Bytes(static_cast<std::int64_t>(std::llround(static_cast<double>(bytes.count()) * factor)));
}

MemoryTerm exact(MemoryUse use, int place, Bytes bytes, std::string formula, const Release& release) {
  return {
      use, place, bytes, bytes, bytes, std::move(formula), std::string(release.name) + "'s allocation rules, exact"};
}

/// How far compute buffers may be off: builds before releases were compared with fewer models. Gated delta nets took up
/// to a tenth more in some; b8179 plans them a tenth to three quarters off what the oldest rules say.
std::pair<double, double> compute_bounds(const Model& model, const Backend& backend, const Release& release) {
  const bool has_delta_nets = std::any_of(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
    return std::holds_alternative<GatedDeltaNet>(block.mixer);
  });
  double low = backend.traits.compute_low, high = backend.traits.compute_high;
  if (release.compared_in_part) {
    const bool is_oldest = &release == &releases().front();
    low *= has_delta_nets && is_oldest ? kOldDeltaNetsLow : kOldBuildsLow;
    high *= has_delta_nets && is_oldest ? kOldDeltaNetsHigh : kOldBuildsHigh;
  }
  return {low, high};
}

MemoryTerm compute_term(int place, Bytes bytes, const Model& model, const Scene& scene, const Backend& backend,
                        const Release& release) {
  const std::string formula =
      fmt::format("re-play of the allocator for a batch of {} tokens with {} output row{}, flash attention {}",
                  scene.ubatch, scene.outputs, scene.outputs == 1 ? "" : "s", scene.flash_attention ? "on" : "off");
  std::string source = release.name + std::string(backend.measured ? "'s scheduler and graph allocator"
                                                                   : "'s allocator; not measured on " + backend.label);
  if (release.compared_in_part) source += "; compared with fewer models than those of releases";
  const auto [low, high] = compute_bounds(model, backend, release);
  return {MemoryUse::kCompute, place, bytes, scaled(bytes, low), scaled(bytes, high), formula, std::move(source)};
}

/// Logits of one row a sequence, though an encoder makes none; and embeddings, for which every token of a batch gets a
/// row with the first that is asked for (llama_context::output_reserve).
MemoryTerm output_term(const Model& model, const std::vector<Tensor>& tensors, const Scene& scene,
                       const Release& release) {
  const std::string rows = fmt::format(" x 4 B x {}", scene.sequences);
  if (!scene.embeddings) {
    return exact(MemoryUse::kOutput, kHost, Bytes(4) * model.n_vocab * scene.sequences,
                 fmt::format("{} logits", model.n_vocab) + rows, release);
  }
  const std::int64_t width = embedding_width(model, tensors);
  const Bytes row = Bytes(4) * (model.n_vocab + width);
  MemoryTerm term = exact(MemoryUse::kOutput, kHost, row * scene.sequences,
                          fmt::format("({} logits + {} numbers){}; x {} with the first full batch", model.n_vocab,
                                      width, rows, scene.batch),
                          release);
  term.high = row * std::max(scene.batch, scene.sequences);
  return term;
}

}  // namespace

const char* name_of(MemoryUse use) {
  switch (use) {
    case MemoryUse::kWeights: return "weights";
    case MemoryUse::kKvCache: return "KV cache";
    case MemoryUse::kState: return "state";
    case MemoryUse::kCompute: return "compute";
    case MemoryUse::kOutput: return "output";
    case MemoryUse::kDriver: return "driver";
    case MemoryUse::kActivation: return "activation";
    case MemoryUse::kGraphs: return "CUDA graphs";
    case MemoryUse::kOther: return "other";
    case MemoryUse::kOutside: return "outside";
  }
  return "";
}

Bytes MemoryLedger::sum(MemoryUse use, int place) const {
  Bytes total;
  for (const MemoryTerm& term : terms) {
    if (term.use == use && term.place == place) total += term.value;
  }
  return total;
}

Bytes MemoryLedger::sum(DriverPart part, int place) const {
  Bytes total;
  for (const MemoryTerm& term : terms) {
    if (term.use == MemoryUse::kDriver && term.part == part && term.place == place) total += term.value;
  }
  return total;
}

bool MemoryLedger::has(DriverPart part, int place) const {
  return std::any_of(terms.begin(), terms.end(), [&](const MemoryTerm& term) {
    return term.use == MemoryUse::kDriver && term.part == part && term.place == place;
  });
}

Bytes MemoryLedger::total(int place) const {
  Bytes total;
  for (const MemoryTerm& term : terms) total += term.place == place ? term.value : Bytes();
  return total;
}

Bytes MemoryLedger::total_low(int place) const {
  Bytes total;
  for (const MemoryTerm& term : terms) total += term.place == place ? term.low : Bytes();
  return total;
}

Bytes MemoryLedger::total_high(int place) const {
  Bytes total;
  for (const MemoryTerm& term : terms) total += term.place == place ? term.high : Bytes();
  return total;
}

int MemoryLedger::tightest_place() const {
  int place = gpu_count == 0 ? kHost : 0;
  for (int gpu = 1; gpu < gpu_count; ++gpu) {
    if (total_high(gpu) > total_high(place)) place = gpu;
  }
  return place;
}

bool MemoryLedger::uses(int place) const {
  return std::any_of(terms.begin(), terms.end(), [place](const MemoryTerm& term) { return term.place == place; });
}

Bytes buffer_bytes(const std::vector<Tensor>& tensors, const Backend& backend) {
  BufferSize buffer =
      backend.is_cpu ? BufferSize(kHostAlignment, 0) : BufferSize(backend.traits.alignment, backend.traits.row_padding);
  for (const Tensor& tensor : tensors) buffer.add(*tensor.stored, tensor.shape);
  return buffer.bytes();
}

namespace {

/// The matrices that GPUs share by rows.
void add_row_shares(const std::vector<RowShare>& shares, const Release& release, MemoryLedger& ledger) {
  for (std::size_t gpu = 0; gpu < shares.size(); ++gpu) {
    if (shares[gpu].bytes == Bytes()) continue;
    ledger.terms.push_back({MemoryUse::kWeights, static_cast<int>(gpu), shares[gpu].bytes, shares[gpu].bytes,
                            shares[gpu].allocated, "this GPU's rows of the matrices",
                            std::string(release.name) + "'s split by rows; not measured"});
  }
}

std::string weights_formula(bool host, bool maps_span, const Request& request, const MemoryContext& context) {
  if (maps_span) {
    return fmt::format("a span of the mapped file, from the first to the last tensor {}",
                       host ? "in host memory; the GPU's span and it are one mapping where they meet" : "on the GPU");
  }
  if (!host) return "tensors on the GPU, each padded";
  if (!request.mmap) return "tensors that stay in host memory";
  return copies_host_weights(context, release_of(request))
             ? "tensors that stay in host memory, copied: beside an integrated GPU the file is not mapped"
             : "tensors that stay in host memory, in the mapped file: page cache, which is not reserved";
}

/// --moe-cache-mib: whole experts, split over GPUs like the layers, and a table of them in host memory.
void add_expert_cache(const Model& model, const Request& request, const Placement& placement,
                      const MemoryContext& context, MemoryLedger& ledger) {
  const Release& release = release_of(request);
  if (request.moe_cache_mib == 0 || placement.gpu_count == 0) return;
  if (!release.caches_experts)
    throw Error(ErrorKind::kBadRequest, std::string(release.name) + " has no --moe-cache-mib; a later release does");
  std::int64_t entries = 0;
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    const auto* experts = std::get_if<MixtureOfExperts>(&model.blocks[i].feed_forward);
    const bool on_host = placement.experts_place(static_cast<int>(i)) == placement.host();
    if (experts != nullptr && on_host) entries += experts->n_expert;
  }
  if (entries == 0) return;
  const Bytes all(request.moe_cache_mib << 20);
  const std::vector<float> shares = cumulative_shares(request, placement.gpu_count, context.free);
  float before = 0;
  for (int gpu = 0; gpu < placement.gpu_count; ++gpu) {
    const float reached = shares[static_cast<std::size_t>(gpu)];
    const Bytes most = scaled(all, static_cast<double>(reached - before));
    before = reached;
    ledger.terms.push_back({MemoryUse::kWeights, gpu, scaled(most, kCachedExperts), scaled(most, kFewestCachedExperts),
                            most, fmt::format("{} MiB for experts of host memory, whole ones", request.moe_cache_mib),
                            std::string(release.name) + ": six loads took 98.5 to 99.9 % of it"});
  }
  ledger.terms.push_back(exact(MemoryUse::kWeights, kHost, Bytes(4 * entries), "a table of the experts", release));
}

/// All but the driver's share, where each layer lies in one place.
MemoryLedger by_layers(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                       const MemoryContext& context) {
  const Release& release = release_of(request);
  MemoryLedger ledger;
  ledger.scene = resolve(request, model);
  Placement placement = place_layers(model, request, context.backend.is_cpu, context.free);
  leave_scans_on_host(model, context.backend.traits, placement);
  ledger.gpu_count = placement.gpu_count;
  for (const int place : placement.layers) ledger.layers.push_back(place == placement.host() ? kHost : place);
  const CacheSizes cells = cache_sizes(request, model, ledger.scene);
  const std::vector<PlacedTensor> placed = place_tensors(model, tensors, placement);
  ledger.beside_gpus = placement.leaves_layers_on_host() || leaves_weights_on_host(placed, placement);
  ledger.expert_layers_on_host = expert_layers_on_host(placed, placement);
  const std::vector<BufferSize> weight_bytes = weights(placed, placement, request, context.backend.traits);
  const bool maps_span = request.mmap && context.backend.traits.unified_memory && placement.gpu_count > 0;
  const MappedSpans spans = maps_span ? mapped_spans(model, tensors, placed, placement) : MappedSpans{};
  ledger.mapped_twice = spans.both;
  const CacheBuffers caches = cache_buffers(model, ledger.scene, cells, placement, context);
  const ComputeBuffers compute = plan_compute(model, tensors, request, placement, context, ledger.scene);
  ledger.scene.flash_attention = compute.flash_attention;
  ledger.driver_demands = driver_demands(model, placed, placement, request, ledger.scene, cells);
  for (std::size_t i = 0; i < weight_bytes.size(); ++i) {
    const bool host = i + 1 == weight_bytes.size();
    const int place = host ? kHost : static_cast<int>(i);
    const auto add = [&](MemoryUse use, Bytes bytes, const auto& formula) {
      if (bytes > Bytes()) ledger.terms.push_back(exact(use, place, bytes, formula(), release));
    };
    add(MemoryUse::kWeights, maps_span ? (host ? spans.host : spans.gpu) : weight_bytes[i].bytes(),
        [&] { return weights_formula(host, maps_span, request, context); });
    add(MemoryUse::kKvCache, caches.kv[i].bytes(), [&] { return cache_formula(caches, ledger.scene, cells, context); });
    add(MemoryUse::kState, caches.state[i].bytes(), [&] { return state_formula(caches, ledger.scene, request); });
    ledger.terms.push_back(
        compute_term(place, host ? compute.host : compute.gpus[i], model, ledger.scene, context.backend, release));
  }
  if (request.split_mode == SplitMode::kRow && placement.gpu_count > 1)
    add_row_shares(row_shares(placed, placement, request, context), release, ledger);
  add_expert_cache(model, request, placement, context, ledger);
  ledger.terms.push_back(output_term(model, tensors, ledger.scene, release));
  return ledger;
}

/// Where an override's tensors lie if one GPU stands for all.
int on_only_gpu(const TensorOverride& moved, const Request& request) {
  if (moved.place == kHost) return kHost;
  if (request.split_mode == SplitMode::kNone && moved.place == request.main_gpu) return 0;
  throw Error(ErrorKind::kUnsupported, fmt::format("what '{}' on GPU {} means where GPUs do not share the model by "
                                                   "layers is not known; leave it out, or let them share it by layers",
                                                   moved.pattern, moved.place));
}

/// The same for one of the GPUs alone.
MemoryLedger on_one_gpu(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                        const MemoryContext& context) {
  Request alone = request;
  alone.gpu_count = 1;
  alone.main_gpu = 0;
  alone.tensor_split.clear();
  alone.split_mode = SplitMode::kLayer;
  for (TensorOverride& moved : alone.overrides) moved.place = on_only_gpu(moved, request);
  const MemoryContext any_gpu{context.backend, context.type_k, context.type_v, context.devices, {}, context.plans};
  return by_layers(model, tensors, alone, any_gpu);
}

MemoryLedger without_driver(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                            const MemoryContext& context) {
  const bool several = request.gpu_count > 1 && !context.backend.is_cpu;
  if (several && request.split_mode == SplitMode::kNone)
    return on_main_gpu(on_one_gpu(model, tensors, request, context), request);
  if (several && request.split_mode == SplitMode::kTensor)
    return spread_over_gpus(on_one_gpu(model, tensors, request, context), model, tensors, request, context);
  return by_layers(model, tensors, request, context);
}

}  // namespace

MemoryLedger estimate_memory(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                             const MemoryContext& context) {
  require_cache_types(model, request, context.type_k, context.type_v);
  validate(request);
  MemoryLedger ledger = without_driver(model, tensors, request, context);
  set_driver_share(ledger, context.backend, context.devices);
  return ledger;
}

}  // namespace lfmfit
