#include "core/compute.hpp"

#include <algorithm>

#include "core/graph/builder.hpp"
#include "core/graph/schedule.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kHostAlignment = 32;     // TENSOR_ALIGNMENT of ggml's CPU buffers
constexpr int kPipelineCopies = 4;              // GGML_SCHED_MAX_COPIES

bool fits(const std::vector<FlashAttentionShape>& shapes, std::int64_t k, std::int64_t v, std::int64_t group) {
  if (shapes.empty()) return true;
  return std::any_of(shapes.begin(), shapes.end(), [&](const FlashAttentionShape& shape) {
    return shape.head_dim_k == k && shape.head_dim_v == v && group % shape.group_multiple == 0;
  });
}

std::vector<graph::SchedulerBackend> scheduler_backends(const graph::Builder& builder, const Placement& placement,
                                                        const Backend& backend) {
  const BackendTraits& traits = backend.traits;
  graph::SchedulerBackend gpu;
  gpu.rules = {traits.alignment, traits.row_padding, traits.flash_attention_scratch};
  gpu.keeps_fused_inputs = traits.fused_experts_keep_inputs;
  for (graph::NodeId id : builder.attention_nodes) {
    const graph::Node& node = builder.graph[id];
    const graph::Node& q = builder.graph[node.sources[0]];
    const graph::Node& k = builder.graph[node.sources[1]];
    if (!fits(traits.flash_attention_shapes, k.ne[0], node.ne[0], q.ne[2] / k.ne[2])) gpu.unsupported.push_back(id);
  }
  std::vector<graph::SchedulerBackend> backends(static_cast<std::size_t>(placement.gpu_count), gpu);
  graph::SchedulerBackend cpu;
  cpu.rules.alignment = kHostAlignment;
  backends.push_back(cpu);
  return backends;
}

graph::SchedulerOptions scheduler_options(const Request& request, const Placement& placement) {
  graph::SchedulerOptions options;
  options.op_offload = request.op_offload;
  const bool experts_moved = std::find(placement.experts_on_host.begin(), placement.experts_on_host.end(), true) !=
                             placement.experts_on_host.end();
  const bool pipeline = placement.gpu_count > 1 && placement.everything_offloaded() && placement.offload_kqv && !experts_moved;
  options.copies = pipeline ? kPipelineCopies : 1;
  return options;
}

struct Plan {
  const Model& model;
  const std::vector<Tensor>& tensors;
  const Request& request;
  const Placement& placement;
  const MemoryContext& context;

  graph::GraphRequest graph_request(const Scene& scene) const {
    return {model, tensors, placement, scene, cache_sizes(request, model, scene), context.type_k, context.type_v};
  }

  // llama.cpp asks with a graph of one token per sequence where each attention node would run.
  bool attention_stays_with_its_layer(const Scene& scene) const {
    Scene probe = scene;
    probe.ubatch = probe.outputs = scene.sequences;
    graph::GraphRequest graph_request_ = graph_request(scene);
    graph_request_.scene = probe;
    graph::Builder builder(graph_request_);
    graph::build_graph(builder);
    const std::vector<int> places = graph::assign_backends(
        builder.graph, scheduler_backends(builder, placement, context.backend), scheduler_options(request, placement));
    for (std::size_t i = 0; i < builder.attention_nodes.size(); ++i) {
      const int layer_place = placement.layers[static_cast<std::size_t>(builder.attention_layers[i])];
      if (places[static_cast<std::size_t>(builder.attention_nodes[i])] != layer_place) return false;
    }
    return true;
  }

  std::vector<std::int64_t> reserve(const Scene& scene) const {
    const graph::GraphRequest request_ = graph_request(scene);
    graph::Builder builder(request_);
    graph::build_graph(builder);
    return graph::schedule(builder.graph, scheduler_backends(builder, placement, context.backend),
                           scheduler_options(request, placement));
  }
};

}  // namespace

ComputeBuffers plan_compute(const Model& model, const std::vector<Tensor>& tensors, const Request& request,
                            const Placement& placement, const MemoryContext& context, const Scene& asked) {
  const Plan plan{model, tensors, request, placement, context};
  Scene scene = asked;
  // quantized values cannot do without it
  const bool may_drop = request.flash_attention == FlashAttention::kAuto && !context.type_v.quantized;
  if (may_drop && !plan.attention_stays_with_its_layer(scene)) {
    scene.flash_attention = false;  // the value cache was laid out before and stays as it is
  }
  const std::vector<std::int64_t> sizes = plan.reserve(scene);
  ComputeBuffers buffers;
  buffers.flash_attention = scene.flash_attention;
  for (int gpu = 0; gpu < placement.gpu_count; ++gpu) buffers.gpus.push_back(Bytes(sizes[static_cast<std::size_t>(gpu)]));
  buffers.host = Bytes(sizes.back());
  return buffers;
}

}  // namespace lfmfit
