#include "core/llamacpp/compute.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/llamacpp/compute_plans.hpp"
#include "core/llamacpp/graph/builder.hpp"
#include "core/llamacpp/graph/schedule.hpp"
#include "core/llamacpp/graph/support.hpp"
#include "core/llamacpp/integrated_gpu.hpp"

namespace lfmfit {

namespace {

constexpr int kPipelineCopies = 4;  // GGML_SCHED_MAX_COPIES

std::vector<graph::NodeId> unsupported(const graph::Builder& builder, const BackendTraits& traits) {
  const std::vector<graph::NodeId>& nodes =
      graph::only_attention_is_limited(traits) ? builder.attention_nodes : builder.graph.order;
  std::vector<graph::NodeId> result;
  for (graph::NodeId id : nodes) {
    if (!graph::is_supported(builder.graph, builder.graph[id], traits)) result.push_back(id);
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<graph::SchedulerBackend> scheduler_backends(const graph::Builder& builder, const Placement& placement,
                                                        const MemoryContext& context, const Release& release) {
  const BackendTraits& traits = context.backend.traits;
  graph::SchedulerBackend gpu;
  gpu.rules = {traits.alignment, traits.largest_buffer.count(), traits.row_padding,
               traits.flash_attention_scratch && release.copies_quantized_caches};
  gpu.keeps_fused_inputs = traits.fused_experts_keep_inputs && release.protects_fusions;
  gpu.joins_shared_expert = traits.fused_experts_keep_inputs && release.joins_shared_expert;
  gpu.rules.kernel_scratch = traits.kernel_scratch;
  gpu.rules.copies_caches = release.reserves_cache_copies;
  gpu.reorders_nodes = traits.reorders_nodes;
  gpu.runs_nodes_ahead = traits.runs_nodes_ahead;
  gpu.protects_fusions = release.protects_fusions;
  gpu.reads_host = reads_host_buffers(context, release);
  if (placement.gpu_count > 0) gpu.unsupported = unsupported(builder, traits);
  std::vector<graph::SchedulerBackend> backends(static_cast<std::size_t>(placement.gpu_count), gpu);
  graph::SchedulerBackend cpu;
  cpu.rules.alignment = traits.host_alignment;
  if (placement.gpu_count > 0)
    cpu.rules.largest_chunk = traits.largest_buffer.count();  // its buffers are the GPU's host buffers
  backends.push_back(cpu);
  return backends;
}

graph::SchedulerOptions scheduler_options(const Request& request, const Placement& placement) {
  graph::SchedulerOptions options;
  options.op_offload = request.op_offload;
  const bool pipeline = placement.gpu_count > 1 && request.split_mode == SplitMode::kLayer &&
                        placement.everything_offloaded() && placement.offload_kqv && !placement.has_overrides;
  options.copies = pipeline ? kPipelineCopies : 1;
  options.copies_unused_inputs = release_of(request).copies_unused_inputs;
  return options;
}

/// Whether anything is computed, or copied to where it is, in a quantized type: then sizes of weights are among those
/// that are allocated.
bool holds_quantized_results(const graph::Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const graph::Node& node) {
    return node.storage == graph::Storage::kCompute && !node.is_view() && node.type->quantized;
  });
}

/// A graph with what runs it.
struct Run {
  graph::Builder builder;
  std::vector<graph::SchedulerBackend> backends;
  graph::SchedulerOptions options;
};

class Planner {
 public:
  Planner(const Model& model, const std::vector<Tensor>& tensors, const Request& request, const Placement& placement,
          const MemoryContext& context)
      : model_(model), tensors_(tensors), request_(request), placement_(placement), context_(context) {}

  ComputeBuffers run(Scene scene) const {
    ComputeBuffers buffers;
    std::vector<std::int64_t> sizes = reserve(scene, buffers.goes_by_sizes);
    if (sizes.empty()) {
      scene.flash_attention = false;  // the value cache was laid out before and stays as it is
      sizes = reserve(scene, buffers.goes_by_sizes);
    }
    buffers.flash_attention = scene.flash_attention;
    for (int gpu = 0; gpu < placement_.gpu_count; ++gpu)
      buffers.gpus.push_back(Bytes(sizes[static_cast<std::size_t>(gpu)]));
    buffers.host = Bytes(sizes.back());
    return buffers;
  }

 private:
  // Sizes by backend, and what they go by; none if flash attention is left to llama.cpp and must be off.
  std::vector<std::int64_t> reserve(const Scene& scene, bool& goes_by_sizes) const {
    const BackendTraits& traits = context_.backend.traits;
    for (bool leave_out_repeats : {true, false}) {
      Run run = prepare(scene, leave_out_repeats);
      // quantized values cannot do without it
      const bool asks =
          scene.flash_attention && request_.flash_attention == FlashAttention::kAuto && !context_.type_v.quantized;
      if (asks && !attention_stays_for_sure(run, scene) && !attention_stays_in_probe(scene)) return {};
      graph::Allocation allocation =
          graph::schedule(run.builder.graph, run.backends, run.options, run.builder.repeats());
      if (!allocation.settled) continue;
      goes_by_sizes =
          traits.largest_tensor > Bytes() || !traits.quantized_views || holds_quantized_results(run.builder.graph);
      return std::move(allocation.sizes);
    }
    return {};
  }

  Run prepare(const Scene& scene, bool leave_out_repeats) const {
    const BackendTraits& traits = context_.backend.traits;
    graph::Builder builder({model_, tensors_, placement_, scene, cache_sizes(request_, model_, scene), context_.type_k,
                            context_.type_v, release_of(request_), leave_out_repeats,
                            traits.reorders_nodes || traits.runs_nodes_ahead, pins_norms(scene)});
    graph::build_graph(builder);
    std::vector<graph::SchedulerBackend> backends =
        scheduler_backends(builder, placement_, context_, release_of(request_));
    return {std::move(builder), std::move(backends), scheduler_options(request_, placement_)};
  }

  // llama.cpp (graph_get_cb) pins the first norm of a layer to its device for small batches, and where more layers are
  // asked for than there are (-ngl 99, but not "all"). Else a norm runs where the layer before lies, and both its
  // result and the residual are copied. Asked for on several GPUs only: on one it moves nothing.
  bool pins_norms(const Scene& scene) const {
    const bool asked_for_more = request_.gpu_layers > static_cast<std::int64_t>(model_.blocks.size());
    return placement_.gpu_count > 1 && (scene.ubatch < kMinOffloadedBatch || asked_for_more);
  }

  // On a GPU attention follows the writes into its layer's cache, which are pinned there, with nothing pinned in
  // between, so it runs there if it can. On the host it does if nothing is anywhere else; otherwise what follows it may
  // draw it away.
  bool attention_stays_for_sure(const Run& run, const Scene& scene) const {
    const auto runs_all = [](const graph::SchedulerBackend& backend) { return backend.unsupported.empty(); };
    const bool shares = std::any_of(model_.blocks.begin(), model_.blocks.end(), [](const Block& block) {
      const auto* attention = std::get_if<Attention>(&block.mixer);
      return attention != nullptr && attention->shares_cache_of.has_value();
    });
    return std::all_of(run.backends.begin(), run.backends.end(), runs_all) && scene.sequences < kMinOffloadedBatch &&
           (placement_.is_one_place() ||
            (placement_.layers_on_gpus() && placement_.offload_kqv && placement_.moved.empty() && !shares));
  }

  // llama.cpp asks with a graph of one token per sequence where each attention node would run.
  bool attention_stays_in_probe(Scene scene) const {
    scene.ubatch = scene.outputs = scene.sequences;
    const std::optional<bool> stays = attention_stays(prepare(scene, true));
    return stays ? *stays : attention_stays(prepare(scene, false)).value_or(false);
  }

  /// Unset where that depends on layers that were left out.
  std::optional<bool> attention_stays(const Run& run) const {
    const graph::Builder& builder = run.builder;
    const graph::Assignment assigned =
        graph::assign_backends(builder.graph, run.backends, run.options, builder.repeats());
    if (!assigned.settled) return std::nullopt;
    for (std::size_t i = 0; i < builder.attention_nodes.size(); ++i) {
      const int layer_place = placement_.layers[static_cast<std::size_t>(builder.attention_layers[i])];
      if (assigned.backends[static_cast<std::size_t>(builder.attention_nodes[i])] != layer_place) return false;
    }
    return true;
  }

  const Model& model_;
  const std::vector<Tensor>& tensors_;
  const Request& request_;
  const Placement& placement_;
  const MemoryContext& context_;
};

}  // namespace

ComputeBuffers plan_compute(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                            const Placement& placement, const MemoryContext& context, const Scene& scene) {
  const auto plan = [&] { return Planner(model, tensors, request, placement, context).run(scene); };
  return context.plans == nullptr ? plan() : context.plans->of(model, tensors, request, context, plan);
}

}  // namespace lfmfit
