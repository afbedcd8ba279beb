#include "core/llamacpp/graph/builder.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "core/llamacpp/placed_tensor.hpp"
#include "core/model/tensor_names.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::graph {

namespace {

constexpr int kNoLayer = -1;
constexpr std::int64_t kKeyStep = 256;  // that keys without a cache are padded to

bool slides(const Mixer& mixer) {
  const auto* attention = std::get_if<Attention>(&mixer);
  return attention != nullptr && attention->sliding;
}

// The largest power of two from 64 on that divides a head.
std::int64_t rotation_size(std::int64_t head_dim) {
  std::int64_t n = 64;
  while (head_dim % (2 * n) == 0) n *= 2;
  return n;
}

}  // namespace

Builder::Builder(const GraphRequest& asked) : request(asked), model(asked.model), sequences(asked.scene.sequences) {
  tokens = round_up(asked.scene.ubatch, sequences);
  tokens_per_sequence = tokens / sequences;
  has_sliding_ = std::any_of(model.blocks.begin(), model.blocks.end(), [](const Block& b) { return slides(b.mixer); });
  index_weights();
  selection = asked.leave_out_repeats ? without_repeats(layer_kinds(), asked.moves_nodes ? kLayersAhead : 0)
                                      : every_layer(model.blocks.size());
  constexpr std::size_t kNodesOfLayer = 150, kOtherNodes = 200;
  graph.nodes.reserve(selection.layers.size() * kNodesOfLayer + kOtherNodes);
  graph.order.reserve(graph.nodes.capacity());
}

// Whether two weights of layers that lie alike stand for each other. Of those in host memory beside GPUs copies are
// planned, so that their sizes count.
bool Builder::alike(const Tensor& a, const Tensor& b) const {
  if (a.shape != b.shape || a.name != b.name) return false;
  const Placement& placement = request.placement;
  if (!placement.moves_single_tensors() && a.stored == b.stored) return true;
  const int place = place_of(a, model, placement);
  return place == place_of(b, model, placement) && (a.stored == b.stored || !placement.is_beside_gpus(place));
}

// Files may leave out optional tensors, so it is not the block alone that makes two layers alike; nor do layers repeat
// that lie elsewhere, be it in part.
bool Builder::alike(std::size_t a, std::size_t b) const {
  const auto begin = [&](std::size_t at) {
    return weights_.begin() + static_cast<std::ptrdiff_t>(first_of_layer_[at]);
  };
  const auto same = [this](const Weight& x, const Weight& y) { return alike(*x.tensor, *y.tensor); };
  const auto adds_to_embedding = [&](std::size_t at) { return static_cast<std::int64_t>(at) < model.n_deepstack; };
  return model.blocks[a] == model.blocks[b] && adds_to_embedding(a) == adds_to_embedding(b) &&
         request.placement.lie_alike(a, b) && std::equal(begin(a + 1), begin(a + 2), begin(b + 1), begin(b + 2), same);
}

std::vector<int> Builder::layer_kinds() const {
  std::vector<int> kinds;
  std::vector<std::size_t> examples;
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    const auto known =
        std::find_if(examples.begin(), examples.end(), [&](std::size_t example) { return alike(i, example); });
    kinds.push_back(static_cast<int>(known - examples.begin()));
    if (known == examples.end()) examples.push_back(i);
  }
  return kinds;
}

std::vector<Repeat> Builder::repeats() const {
  std::vector<Repeat> result;
  const auto end_of = [&](std::size_t position) { return position == 0 ? layers_begin : layer_ends[position - 1]; };
  for (const Pattern& pattern : selection.patterns) {
    const auto after = [&](std::size_t repeats) { return end_of(pattern.begin + repeats * pattern.period); };
    result.push_back({after(0), after(1), after(2), after(3), after(4), after(pattern.built)});
  }
  return result;
}

void Builder::index_weights() {
  const std::size_t slots = model.blocks.size() + 1;
  const auto slot = [](const Tensor& tensor) { return static_cast<std::size_t>(tensor.layer + 1); };
  first_of_layer_.assign(slots + 1, 0);
  for (const Tensor& tensor : request.tensors) {
    if (is_loaded(tensor, model)) ++first_of_layer_[slot(tensor) + 1];
  }
  std::partial_sum(first_of_layer_.begin(), first_of_layer_.end(), first_of_layer_.begin());
  weights_.resize(first_of_layer_.back());
  std::vector<std::size_t> next = first_of_layer_;
  for (const Tensor& tensor : request.tensors) {
    if (is_loaded(tensor, model)) weights_[next[slot(tensor)]++].tensor = &tensor;
  }
}

NodeId Builder::positions() {
  const std::int64_t per_token = std::max<std::int64_t>(1, model.positions_per_token);
  if (positions_ == kNoNode) positions_ = graph.input(kI32, {tokens * per_token, 1, 1, 1});
  return positions_;
}

NodeId Builder::output_rows() {
  if (output_rows_ == kNoNode) output_rows_ = graph.input(kI32, {request.scene.outputs, 1, 1, 1});
  return output_rows_;
}

OutputRows Builder::output_rows_moment() const {
  const bool has_streams = model.blocks.front().n_altup > 0;
  return request.release.picks_rows_in_last_layer && !has_streams ? OutputRows::kInLastLayer : model.output_rows;
}

NodeId Builder::query_scale() {
  if (query_scale_ == kNoNode) query_scale_ = graph.input(kF32, {1, 1, tokens, 1});
  return query_scale_;
}

CacheInputs& Builder::cache(bool sliding) {
  CacheInputs& inputs = caches_[sliding ? 1 : 0];
  if (inputs.mask == kNoNode) inputs = make_cache_inputs(sliding);
  return inputs;
}

CacheInputs Builder::make_cache_inputs(bool sliding) {
  CacheInputs inputs;
  inputs.cells = sliding ? request.cells.sliding : request.cells.full;
  const std::int64_t streams = request.scene.streams;
  std::int64_t widest_v = 0, head_k = 0, head_v = 0;
  bool one_head_k = true, one_head_v = true;
  for (const Block& block : model.blocks) {
    const Attention* attention = std::get_if<Attention>(&block.mixer);
    if (const auto* both = std::get_if<ParallelMixer>(&block.mixer)) attention = &both->attention;
    if (attention == nullptr) continue;
    widest_v = std::max(widest_v, attention->n_head_kv * attention->head_dim_v);
    if (attention->sliding != sliding || attention->shares_cache_of) continue;
    one_head_k = one_head_k && (head_k == 0 || head_k == attention->head_dim_k);
    one_head_v = one_head_v && (head_v == 0 || head_v == attention->head_dim_v);
    head_k = attention->head_dim_k;
    head_v = attention->head_dim_v;
  }
  inputs.k_rows = graph.input(kI64, {tokens, 1, 1, 1});
  // transposed values take one index per element
  inputs.v_rows = graph.input(kI64, {request.scene.values_transposed ? tokens * widest_v : tokens, 1, 1, 1});
  inputs.mask = mask_input({inputs.cells, tokens / streams, 1, streams});
  if (!request.release.rotates_quantized_keys) return inputs;
  if (request.type_k.quantized && one_head_k && head_k > 0 && head_k % 64 == 0) {
    const std::int64_t n = rotation_size(head_k);
    inputs.k_rotation = graph.input(kF32, {n, n, 1, 1});
  }
  if (request.type_v.quantized && one_head_v && head_v > 0 && head_v % 64 == 0) {
    inputs.v_rotation = graph.input(kF32, {64, 64, 1, 1});
  }
  return inputs;
}

CacheInputs& Builder::index_cache(std::int64_t head_dim) {
  CacheInputs& inputs = index_cache_;
  if (inputs.mask != kNoNode) return inputs;
  const std::int64_t streams = request.scene.streams, n = rotation_size(head_dim);
  inputs.cells = request.cells.full;
  inputs.k_rows = graph.input(kI64, {tokens, 1, 1, 1});
  inputs.mask = graph.input(kF16, {inputs.cells, tokens / streams, 1, streams});
  inputs.k_rotation = graph.input(kF32, {n, n, 1, 1});
  return inputs;
}

NodeId Builder::encoder_mask(bool sliding) {
  NodeId& mask = encoder_masks_[sliding ? 1 : 0];
  if (mask == kNoNode) mask = mask_input({padded_keys(), tokens, 1, 1});
  return mask;
}

std::int64_t Builder::padded_keys() const {
  return request.release.pads_encoder_keys ? (tokens + kKeyStep - 1) / kKeyStep * kKeyStep : tokens;
}

NodeId Builder::mask_input(const Shape& shape) {
  if (!request.scene.flash_attention) return graph.input(kF32, shape);
  if (request.release.halves_masks) return graph.input(kF16, shape);
  return graph.cast(graph.input(kF32, shape), kF16);
}

NodeId Builder::state_input() {
  if (state_input_ == kNoNode) {
    state_input_ = graph.input(kI32, {sequences, 1, 1, 1});
    state_rows_ = graph.view(state_input_, {sequences, 1, 1, 1});
    state_rows_extra_ = graph.view(state_input_, {0, 1, 1, 1});
    spare_state_rows_ = graph.view(state_input_, {sequences - 1, 1, 1, 1});
  }
  return state_input_;
}

NodeId Builder::state_rows() {
  state_input();
  return state_rows_;
}

NodeId Builder::spare_state_rows() {
  state_input();
  return spare_state_rows_;
}

NodeId Builder::state_rows_extra() {
  state_input();
  return state_rows_extra_;
}

Builder::Weight* Builder::lookup(int at_layer, std::string_view name, std::string_view suffix) {
  const auto slot = static_cast<std::size_t>(at_layer + 1);
  for (std::size_t i = first_of_layer_[slot]; i < first_of_layer_[slot + 1]; ++i) {
    const std::string_view known = weights_[i].tensor->name;
    if (known.size() == name.size() + suffix.size() && known.starts_with(name) && known.ends_with(suffix))
      return &weights_[i];
  }
  return nullptr;
}

NodeId Builder::node_of(Weight& weight, int place) {
  const auto lies_there = [&](const Weight& w) { return w.node != kNoNode && graph[w.node].place == place; };
  if (lies_there(weight)) return weight.node;
  for (const Weight& copy : second_copies_) {
    if (copy.tensor == weight.tensor && lies_there(copy)) return copy.node;
  }
  const NodeId node = graph.stored(Storage::kWeights, place, *weight.tensor->stored, weight.tensor->shape);
  if (weight.node == kNoNode) {
    weight.node = node;
  } else {
    second_copies_.push_back({weight.tensor, node});
  }
  return node;
}

NodeId Builder::find(std::string_view name, std::string_view suffix) {
  Weight* found = lookup(layer, name, suffix);
  if (found == nullptr) return kNoNode;
  return node_of(*found, place_of(*found->tensor, model, request.placement));
}

NodeId Builder::find_global(std::string_view name, std::string_view suffix) {
  Weight* found = lookup(kNoLayer, name, suffix);
  if (found == nullptr) return kNoNode;
  // factors of rotary embeddings are copied to wherever a layer needs them
  if (is_rotation_factor(*found->tensor))
    return node_of(*found, place_of_rotation_factor(*found->tensor, layer, request.placement));
  return node_of(*found, place_of(*found->tensor, model, request.placement));
}

NodeId Builder::weight(std::string_view name, std::string_view suffix) {
  const NodeId id = find(name, suffix);
  if (id == kNoNode) {
    throw Error(ErrorKind::kUnsupported, "layer " + std::to_string(layer) + " of this " + model.architecture +
                                             " model has no tensor '" + std::string(name) + std::string(suffix) +
                                             "'; its blocks do not match the architecture");
  }
  return id;
}

NodeId Builder::output_weight() {
  const Tensor* head = head_of(model, request.tensors);
  if (head == nullptr)
    throw Error(ErrorKind::kUnsupported, "this model has neither output.weight nor token_embd.weight");
  return node_of(*lookup(kNoLayer, head->name), place_of_head(*head, request.placement));
}

NodeId Builder::norm(NodeId x, std::string_view name, NormKind kind) {
  const auto part = [&](std::string_view suffix) { return layer < 0 ? find_global(name, suffix) : find(name, suffix); };
  const NodeId scale = part(".weight");
  const NodeId shift = part(".bias");
  if (scale == kNoNode && shift == kNoNode && kind != NormKind::kNone) return x;
  const bool rms = kind == NormKind::kRms || kind == NormKind::kRmsWithBias;
  NodeId result = graph.same(rms ? Op::kRmsNorm : Op::kNorm, x);
  if (request.pins_norms && layer >= 0 && (scale != kNoNode || shift != kNoNode))
    graph[result].place = static_cast<std::int8_t>(request.placement.layer_place(layer));
  if (scale != kNoNode) result = graph.mul(result, scale);
  if (shift != kNoNode) result = graph.add(result, shift);
  return result;
}

NodeId Builder::add_bias(std::string_view name, NodeId x) {
  const NodeId bias = find(name, ".bias");
  return bias == kNoNode ? x : graph.add(x, bias);
}

NodeId Builder::linear(std::string_view name, NodeId x) {
  return add_bias(name, graph.mul_mat(weight(name, ".weight"), x));
}

NodeId Builder::cache_tensor(const TensorType& type, std::int64_t columns, std::int64_t cells) {
  return graph.stored(Storage::kCache, request.placement.cache_place(layer), type,
                      {columns, cells, request.scene.streams, 1});
}

NodeId Builder::state_tensor(std::int64_t columns) {
  return graph.stored(Storage::kCache, request.placement.cache_place(layer), kF32, {columns, sequences, 1, 1});
}

NodeId Builder::load_state(NodeId state, std::int64_t columns) {
  const NodeId states = graph.reshape(state, {columns, sequences, 1, 1});
  graph.expand(graph.in_place(Op::kScale, graph.view(states, {columns, 1, 1, 1})));
  if (request.release.gathers_states_once) {
    const NodeId all = graph.get_rows(states, state_input());
    const NodeId current = graph.view(all, {columns, sequences, 1, 1});
    graph.expand(current);
    keep_spare_states(state, graph.view(all, {columns, 0, 1, 1}), columns);
    return current;
  }
  const NodeId rows = state_rows();
  const NodeId current = graph.get_rows(states, rows);
  graph.expand(current);
  keep_spare_states(state, graph.get_rows(states, state_rows_extra()), columns);
  return current;
}

void Builder::keep_spare_states(NodeId state, NodeId extra, std::int64_t columns) {
  graph.expand(graph.copy(extra, graph.view(state, {columns, 0, 1, 1})));
}

}  // namespace lfmfit::graph
