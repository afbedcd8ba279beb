#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

// src/models/gemma4.cpp
NodeId build_beside_dense_part(Builder& b, const MixtureOfExperts& part, NodeId x) {
  Graph& g = b.graph;
  DenseFeedForward dense;
  dense.n_ff = part.n_ff_dense;
  dense.activation = part.activation;
  const NodeId plain = b.norm(build(b, dense, b.norm(x, "ffn_norm")), "post_ffw_norm_1");
  const NodeId normalized = b.norm(x, "pre_ffw_norm_2");
  // the router reads the input with a scale of its own
  const NodeId scaled = g.mul(g.scale(b.norm_without_weight(x)), b.weight("ffn_gate_inp.scale"));
  const NodeId logits = g.mul_mat(b.weight("ffn_gate_inp.weight"), scaled);
  const NodeId routed = build_experts(b, part, normalized, logits);
  return g.add(plain, b.norm(routed, "post_ffw_norm_2"));
}

}  // namespace lfmfit::graph
