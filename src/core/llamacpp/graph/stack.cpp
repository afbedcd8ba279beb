#include "core/llamacpp/graph/builder.hpp"

namespace lfmfit::graph {

namespace {

constexpr int kOutsideLayers = -1;

NodeId build(Builder&, const NoMixer&, NodeId x) { return x; }
NodeId build(Builder&, const NoFeedForward&, NodeId x) { return x; }

// Token ids among ready embeddings: planned though nothing reads the result.
void add_mixed_inputs(Builder& b, NodeId table) {
  Graph& g = b.graph;
  const NodeId ids = g.input(kI32, {b.tokens, 1, 1, 1});
  const NodeId vectors = g.input(kF32, {b.model.n_embd, b.tokens, 1, 1});
  const NodeId slots = g.input(kI64, {b.tokens, 1, 1, 1});
  const NodeId rows = g.get_rows(table, ids);
  const NodeId target = g.apply(Op::kCopy, kF32, g[vectors].ne, {vectors});
  g.expand(g.set_rows(target, rows, slots));
}

NodeId scale_embeddings(Builder& b, NodeId x) {
  if (!b.model.scale_embeddings) return x;
  const bool by_row = b.model.scales_rows && b.request.release.scales_rows;
  return by_row ? b.graph.mul(x, b.graph.input(kF32, {1, b.tokens, 1, 1})) : b.graph.scale(x);
}

// All forms of input enter the graph: token ids looked up on the host, and ready embeddings, which stay unused.
NodeId embed(Builder& b) {
  Graph& g = b.graph;
  b.layer = kOutsideLayers;
  const Block& first = b.model.blocks.front();
  NodeId layer_rows = kNoNode;
  if (first.n_embd_per_layer > 0 && first.n_altup == 0 && b.request.release.looks_up_layers_first) {
    layer_rows = per_layer_rows(b);
    g.expand(layer_rows);
  }
  NodeId position_rows = kNoNode;
  if (b.model.position_embeddings) {
    position_rows = g.get_rows(b.find_global("position_embd.weight"), b.positions());
    if (b.request.release.looks_up_positions_first) g.expand(position_rows);
  }
  const NodeId ids = g.input(kI32, {b.tokens, 1, 1, 1});
  const std::int64_t width = b.model.n_embd * (1 + b.model.n_deepstack);
  const NodeId vectors = g.input(kF32, {width, b.tokens, 1, 1});
  const NodeId table = b.find_global("token_embd.weight");
  NodeId x = g.get_rows(table, ids);
  if (b.model.n_deepstack > 0) x = b.wide_embeddings = g.apply(Op::kPad, kF32, {width, b.tokens, 1, 1}, {x});
  g.expand(x);
  g.expand(vectors);
  if (b.request.release.mixes_inputs) add_mixed_inputs(b, table);
  if (b.model.n_deepstack > 0) x = g.view(x, {b.model.n_embd, b.tokens, 1, 1}, Shape(g[x].nb));
  x = scale_embeddings(b, x);
  if (first.n_embd_per_layer > 0) {
    if (b.request.release.scales_rows) g.expand(x);
    build_per_layer_inputs(b, x, layer_rows);
    return first.n_altup > 0 ? split_streams(b, x) : x;
  }
  g.expand(x);
  if (b.model.n_token_types > 0) x = g.add(x, g.view(b.find_global("token_types.weight"), {b.model.n_embd, 1, 1, 1}));
  if (position_rows != kNoNode) x = g.add(position_rows, x);
  return b.model.embedding_norm ? b.norm(x, "token_embd_norm", b.model.embedding_norm_kind) : x;
}

NodeId add_residual(Builder& b, const Block& block, NodeId branch, NodeId residual, bool residual_first) {
  if (block.residual_scale) branch = b.graph.scale(branch);
  return residual_first ? b.graph.add(residual, branch) : b.graph.add(branch, residual);
}

bool is_single(const Block& block) {
  return std::holds_alternative<NoMixer>(block.mixer) || std::holds_alternative<NoFeedForward>(block.feed_forward);
}

const char* feed_forward_norm_name(const Block& block) {
  return block.feed_forward_norm_name == FeedForwardNormName::kPostAttentionNorm ? "post_attention_norm" : "ffn_norm";
}

NodeId normalize_before_feed_forward(Builder& b, const Block& block, NodeId x) {
  if (!block.feed_forward_norm) return x;
  if (block.feed_forward_norm_name != FeedForwardNormName::kBareFfnNorm) {
    return b.norm(x, feed_forward_norm_name(block), block.norm);
  }
  const NodeId scale = b.weight("ffn_norm");
  const NodeId norm = b.graph.same(Op::kRmsNorm, x);
  return b.graph.mul(norm, scale);
}

void keep_output_rows(Builder& b, NodeId& branch, NodeId& residual) {
  if (!b.is_last_layer() || b.output_rows_moment() != OutputRows::kInLastLayer) return;
  branch = b.graph.get_rows(branch, b.output_rows());
  residual = b.graph.get_rows(residual, b.output_rows());
}

// A layer that is one part alone (Mamba, Nemotron-H).
NodeId single_layer(Builder& b, const Block& block, NodeId x) {
  NodeId residual = x;
  NodeId branch = b.norm(x, "attn_norm", block.norm);
  branch = build_mixer(b, block.mixer, branch);
  if (!block.mixer_norm) branch = normalize_before_feed_forward(b, block, branch);
  branch = build_feed_forward(b, block.feed_forward, branch);
  keep_output_rows(b, branch, residual);
  return add_residual(b, block, branch, residual, block.mixer_residual_first);
}

// Mixer and feed-forward part read the same normalized input (Command R).
NodeId parallel_layer(Builder& b, const Block& block, NodeId x) {
  NodeId residual = x;
  NodeId normalized = b.norm(x, "attn_norm", block.norm);
  NodeId mixed = build_mixer(b, block.mixer, normalized);
  if (b.is_last_layer()) {
    mixed = b.graph.get_rows(mixed, b.output_rows());
    residual = b.graph.get_rows(residual, b.output_rows());
    normalized = b.graph.get_rows(normalized, b.output_rows());
  }
  const NodeId fed = build_feed_forward(b, block.feed_forward, normalized);
  return b.graph.add(b.graph.add(fed, residual), mixed);
}

NodeId feed_forward_branch(Builder& b, const Block& block, NodeId x) {
  const auto* experts = std::get_if<MixtureOfExperts>(&block.feed_forward);
  if (experts != nullptr && experts->n_ff_dense > 0) return build_beside_dense_part(b, *experts, x);
  return build_feed_forward(b, block.feed_forward, normalize_before_feed_forward(b, block, x));
}

// What Gemma 4 does to the result of a layer.
NodeId finish_layer(Builder& b, const Block& block, NodeId x) {
  if (block.n_embd_per_layer > 0) x = b.graph.add(x, gated_per_layer_input(b, x));
  return block.output_scale ? b.graph.mul(x, b.weight("layer_output_scale.weight")) : x;
}

NodeId feed_forward(Builder& b, const Block& block, NodeId x) {
  NodeId branch = feed_forward_branch(b, block, x);
  if (block.feed_forward_post_norm) branch = b.norm(branch, "post_ffw_norm", block.norm);
  const NodeId sum = add_residual(b, block, branch, x, block.feed_forward_residual_first);
  return finish_layer(b, block, block.post_residual_norm ? b.norm(sum, "layer_output_norm", block.norm) : sum);
}

// Attention and state space each normalize the input for themselves; the sum is complete before rows are picked.
NodeId parallel_mixer_layer(Builder& b, const Block& block, const ParallelMixer& mixer, NodeId x) {
  const NodeId attended = build(b, mixer.attention, b.norm(x, "attn_norm", block.norm));
  const NodeId scanned = build(b, mixer.state_space, b.norm(x, "attn_norm", block.norm));
  NodeId sum = b.graph.add(b.graph.add(attended, scanned), x);
  if (b.is_last_layer()) sum = b.graph.get_rows(sum, b.output_rows());
  return feed_forward(b, block, sum);
}

NodeId layer(Builder& b, const Block& block, NodeId x) {
  if (block.n_altup > 0) return build_streams_layer(b, block, x);
  if (is_single(block)) return single_layer(b, block, x);
  if (block.parallel) return parallel_layer(b, block, x);
  if (const auto* both = std::get_if<ParallelMixer>(&block.mixer)) return parallel_mixer_layer(b, block, *both, x);
  NodeId residual = x;
  NodeId branch = block.mixer_norm ? b.norm(x, "attn_norm", block.norm) : x;
  if (block.norm_runs_first) b.graph.expand(branch);
  branch = build_mixer(b, block.mixer, branch);
  keep_output_rows(b, branch, residual);
  if (block.mixer_post_norm) branch = b.norm(branch, "post_attention_norm", block.norm);
  const NodeId sum = add_residual(b, block, branch, residual, block.mixer_residual_first);
  return feed_forward(b, block, block.post_residual_norm ? b.norm(sum, "attn_output_norm", block.norm) : sum);
}

// Qwen3-VL: embeddings of images have a part for each of the first layers (src/models/qwen3vl.cpp).
NodeId add_deeper_embedding(Builder& b, NodeId x) {
  Graph& g = b.graph;
  const std::int64_t part = (b.layer + 1) * b.model.n_embd * 4;
  return g.add(x, g.view(b.wide_embeddings, {b.model.n_embd, b.tokens, 1, 1}, Shape(g[b.wide_embeddings].nb), part));
}

void add_logits(Builder& b, NodeId hidden) {
  Graph& g = b.graph;
  const Model& model = b.model;
  NodeId logits = g.mul_mat(b.output_weight(), hidden);
  if (model.output_bias) logits = g.add(logits, b.find_global("output.bias"));
  if (model.scale_logits) logits = g.scale(logits);
  if (model.logit_softcap) logits = g.scale(g.unary(g.scale(logits)));
  g[logits].output = true;
  g.expand(logits);
}

void head(Builder& b, NodeId x) {
  Graph& g = b.graph;
  const Model& model = b.model;
  const auto keep_rows = [&](OutputRows moment, NodeId all) {
    if (b.output_rows_moment() != moment) return all;
    if (model.keeps_hidden_state) g[all].output = true;  // a draft model may ask for every row
    return g.get_rows(all, b.output_rows());
  };
  const bool picked_before = b.request.release.shows_hidden_states && b.output_rows_moment() != model.output_rows;
  if (picked_before && model.output_rows == OutputRows::kBeforeFinalNorm) g[x].output = true;
  NodeId hidden = keep_rows(OutputRows::kBeforeFinalNorm, x);
  if (!model.final_norm.empty()) hidden = b.norm(hidden, model.final_norm, model.final_norm_kind);
  hidden = keep_rows(OutputRows::kAfterFinalNorm, hidden);
  g[hidden].output = true;
  const bool embeds = b.request.scene.embeddings;
  const bool pools = b.request.scene.pooling != Pooling::kNone;
  const bool leaves_out = embeds && (model.embeds_without_output || (pools && b.request.release.embeds_without_output));
  if (model.has_output && !leaves_out) {
    add_logits(b, hidden);
  } else {
    g.expand(hidden);
  }
  if (embeds) pool_embeddings(b, hidden);
}

}  // namespace

NodeId build_mixer(Builder& b, const Mixer& mixer, NodeId x) {
  return std::visit([&](const auto& kind) { return build(b, kind, x); }, mixer);
}

NodeId build_feed_forward(Builder& b, const FeedForward& part, NodeId x) {
  return std::visit([&](const auto& kind) { return build(b, kind, x); }, part);
}

NodeId build(Builder& b, const ParallelMixer& mixer, NodeId x) {
  return b.graph.add(build(b, mixer.attention, x), build(b, mixer.state_space, x));
}

void build_graph(Builder& b) {
  NodeId x = embed(b);
  b.layers_begin = b.graph.order.size();
  for (int i : b.selection.layers) {
    b.layer = i;
    x = layer(b, b.model.blocks[static_cast<std::size_t>(i)], x);
    if (i < b.model.n_deepstack) x = add_deeper_embedding(b, x);
    b.layer_ends.push_back(b.graph.order.size());
  }
  b.layer = kOutsideLayers;
  if (b.model.blocks.front().n_altup > 0) x = merge_streams(b, x);
  head(b, x);
}

}  // namespace lfmfit::graph
