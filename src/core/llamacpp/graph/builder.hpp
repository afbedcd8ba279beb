#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/llamacpp/graph/graph.hpp"
#include "core/llamacpp/graph/repeats.hpp"
#include "core/llamacpp/placement.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/model.hpp"

namespace lfmfit::graph {

/// What a graph is built for.
struct GraphRequest {
  const Model& model;
  const std::vector<Tensor>& tensors;  ///< all with `stored`
  const Placement& placement;
  Scene scene;  ///< flash_attention as it turns out, not as it was asked for
  CacheSizes cells;
  const TensorType& type_k;
  const TensorType& type_v;
  const Release& release;
  bool leave_out_repeats = false;  ///< build only as many repeats of alike layers as tell what the others would need
  bool moves_nodes = false;        ///< its backend moves nodes, of several layers among each other
  bool pins_norms = false;         ///< norms are told to run where their layer lies, not where their input does
};

/// Inputs that attention over one cache shares between layers.
struct CacheInputs {
  std::int64_t cells = 0;
  NodeId k_rows = kNoNode, v_rows = kNoNode;  ///< where new keys and values go
  NodeId mask = kNoNode;
  NodeId k_rotation = kNoNode, v_rotation = kNoNode;  ///< Hadamard matrices of quantized caches
};

/// Collects the graph of one batch. The files attention.cpp, ... beside this one add their kind of block.
class Builder {
 public:
  explicit Builder(const GraphRequest& asked);

  Graph graph;
  GraphRequest request;
  const Model& model;
  std::int64_t tokens = 0;  ///< of the batch, all sequences
  std::int64_t tokens_per_sequence = 0;
  std::int64_t sequences = 0;
  Selection selection;                  ///< the layers to build
  std::size_t layers_begin = 0;         ///< nodes in order before the first layer: inputs, embeddings
  std::vector<std::size_t> layer_ends;  ///< by position in `selection`: nodes in order when the layer was built
  int layer = 0;                        ///< the layer that is being built
  std::vector<NodeId>
      attention_nodes;  ///< FLASH_ATTN_EXT by layer, for the check whether each runs on its layer's device
  std::vector<int> attention_layers;

  NodeId positions();
  NodeId output_rows();
  OutputRows output_rows_moment() const;  ///< when the others are dropped
  NodeId per_layer_inputs =
      kNoNode;  ///< what the layers add for each token: [n_embd_per_layer, tokens, layers] (Gemma 3n and 4)
  NodeId wide_embeddings = kNoNode;  ///< with the parts that the first layers add (Qwen3-VL)
  NodeId chosen_cells = kNoNode;     ///< what the last indexer chose, for layers that share it (GLM 5.2)
  NodeId query_scale();              ///< one factor per token (Llama 4)
  CacheInputs& cache(bool sliding);
  CacheInputs& index_cache(std::int64_t head_dim);  ///< of sparse attention's indexer
  bool has_sliding_cache() const { return has_sliding_; }
  NodeId state_input();  ///< which state row belongs to which sequence
  NodeId state_rows();   ///< the same as a view
  NodeId state_rows_extra();
  NodeId spare_state_rows();          ///< a view of all of them but one
  NodeId encoder_mask(bool sliding);  ///< of models without a cache
  std::int64_t padded_keys() const;   ///< tokens that attention without a cache reads

  /// The weight `name` + `suffix` of the current layer (or of no layer: global), kNoNode if the model has none.
  NodeId find(std::string_view name, std::string_view suffix = {});
  NodeId find_global(std::string_view name, std::string_view suffix = {});
  /// The same, but throws Error(kUnsupported) if it is missing.
  NodeId weight(std::string_view name, std::string_view suffix = {});
  NodeId output_weight();  ///< output.weight, or the second copy of tied embeddings

  /// x normalized and scaled by `name`.weight (and shifted by `name`.bias); x itself if there is no such weight.
  NodeId norm(NodeId x, std::string_view name, NormKind kind = NormKind::kRms);
  NodeId norm_without_weight(NodeId x) { return graph.same(Op::kRmsNorm, x); }
  /// W x, plus `name`.bias where the model has one.
  NodeId linear(std::string_view name, NodeId x);
  NodeId add_bias(std::string_view name, NodeId x);

  NodeId cache_tensor(const TensorType& type, std::int64_t columns, std::int64_t cells);
  NodeId state_tensor(std::int64_t columns);
  /// Copies back the states that no sequence reads: none, when memory is reserved.
  void keep_spare_states(NodeId state, NodeId extra, std::int64_t columns);
  /// Reads the state of every sequence (llm_graph_context::build_rs).
  NodeId load_state(NodeId state, std::int64_t columns);

  /// The patterns of `selection` as positions in graph.order.
  std::vector<Repeat> repeats() const;

  bool is_last_layer() const { return layer + 1 == static_cast<int>(model.blocks.size()); }

 private:
  /// A tensor of the model and the node that stands for it where it lies.
  struct Weight {
    const Tensor* tensor = nullptr;
    NodeId node = kNoNode;
  };

  void index_weights();
  std::vector<int> layer_kinds() const;
  bool alike(const Tensor& a, const Tensor& b) const;
  bool alike(std::size_t a, std::size_t b) const;
  NodeId node_of(Weight& weight, int place);
  Weight* lookup(int at_layer, std::string_view name, std::string_view suffix = {});
  CacheInputs make_cache_inputs(bool sliding);
  NodeId mask_input(const Shape& shape);

  std::vector<Weight> weights_;              ///< by layer, those of no layer first
  std::vector<std::size_t> first_of_layer_;  ///< where those of layer - 1 begin in `weights_`
  std::vector<Weight> second_copies_;        ///< of tensors that lie in several places
  NodeId positions_ = kNoNode, output_rows_ = kNoNode, query_scale_ = kNoNode;
  NodeId state_input_ = kNoNode, state_rows_ = kNoNode, state_rows_extra_ = kNoNode, spare_state_rows_ = kNoNode;
  NodeId encoder_masks_[2] = {kNoNode, kNoNode};
  CacheInputs caches_[2], index_cache_;
  bool has_sliding_ = false;
};

/// The graph of the worst case that llama.cpp reserves memory for.
void build_graph(Builder& builder);

/// One mixer: from the normalized input to what is added to the residual.
NodeId build(Builder& builder, const Attention& mixer, NodeId x);
NodeId build(Builder& builder, const LatentAttention& mixer, NodeId x);
NodeId build(Builder& builder, const ShortConvolution& mixer, NodeId x);
NodeId build(Builder& builder, const StateSpace& mixer, NodeId x);
NodeId build(Builder& builder, const GatedDeltaNet& mixer, NodeId x);
NodeId build(Builder& builder, const ParallelMixer& mixer, NodeId x);
/// Of a delta net whose channels decay each for itself.
NodeId build_by_channel(Builder& builder, const GatedDeltaNet& mixer, NodeId x);

/// One feed-forward part.
NodeId build(Builder& builder, const DenseFeedForward& part, NodeId x);
NodeId build(Builder& builder, const MixtureOfExperts& part, NodeId x);

/// The mixer or feed-forward part of whatever kind.
NodeId build_mixer(Builder& builder, const Mixer& mixer, NodeId x);
NodeId build_feed_forward(Builder& builder, const FeedForward& part, NodeId x);

/// Experts beside a plain part, both with norms of their own around them; `x` is not normalized (Gemma 4).
NodeId build_beside_dense_part(Builder& builder, const MixtureOfExperts& part, NodeId x);
/// The sum over the experts that `logits` choose (kNoNode: those of the router).
NodeId build_experts(Builder& builder, const MixtureOfExperts& part, NodeId x, NodeId logits);

/// The cells that sparse attention reads for each token, by the scores of its indexer. `low_queries`: compressed
/// queries.
NodeId choose_cells(Builder& builder, const LatentAttention& mixer, NodeId x, NodeId low_queries);
/// `mask` with all but the chosen cells hidden.
NodeId hide_other_cells(Builder& builder, NodeId mask, NodeId chosen);
/// Writes [dim, heads, tokens] into the rows of a cache.
NodeId store_rows(Builder& builder, NodeId cache, NodeId values, NodeId rows);
/// A cache as [dim, heads, cells, streams].
NodeId read_rows(Builder& builder, NodeId cache, std::int64_t dim, std::int64_t heads);

/// Looks up what the layers add for each token, and finishes it with a projection of the embeddings `x`.
/// `rows`: those looked up before all else, or kNoNode.
void build_per_layer_inputs(Builder& builder, NodeId x, NodeId rows);
/// The rows of all layers, as they are looked up.
NodeId per_layer_rows(Builder& builder);
/// The part of the current layer, gated by `x`.
NodeId gated_per_layer_input(Builder& builder, NodeId x);

/// Makes embeddings of the hidden states (llm_graph_context::build_pooling, build_dense_out): pooled by the scene, and
/// projected where the file holds matrices for that.
void pool_embeddings(Builder& b, NodeId hidden);

/// Gemma 3n keeps several streams of the hidden state, [n_embd, tokens, streams]: made from the embeddings, updated by
/// every layer, and merged behind the last.
NodeId split_streams(Builder& builder, NodeId x);
NodeId build_streams_layer(Builder& builder, const Block& block, NodeId streams);
NodeId merge_streams(Builder& builder, NodeId streams);

/// Softmax attention of q over k and v, as llm_graph_context::build_attn_mha. `values_up`: latent attention's matrix
/// that widens the values again, or kNoNode.
NodeId attend(Builder& builder, NodeId q, NodeId k, NodeId v, NodeId mask, NodeId sinks, NodeId values_up,
              bool softcap);

}  // namespace lfmfit::graph
