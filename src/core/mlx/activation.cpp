#include "core/mlx/activation.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>

#include "core/mlx/command_queue.hpp"
#include "core/model/tensor_names.hpp"

namespace lfmfit::mlx {

namespace {

constexpr double kPlainBytes = 2;  // BF16

/// Attention as far as its memory goes.
struct Heads {
  std::int64_t count = 0, keys = 0, values = 0, window = 0;
};

Heads heads_of(const Mixer& mixer) {
  if (const auto* latent = std::get_if<LatentAttention>(&mixer))
    return {latent->n_head, latent->head_dim_nope + latent->head_dim_rope, latent->head_dim_v, 0};
  const auto* both = std::get_if<ParallelMixer>(&mixer);
  const auto* attention = both != nullptr ? &both->attention : std::get_if<Attention>(&mixer);
  if (attention == nullptr) return {};
  return {attention->n_head, attention->head_dim_k, attention->head_dim_v, attention->window};
}

/// Gives the operations of one pass over a chunk to a queue, layer by layer.
class Pass {
 public:
  Pass(const Question& question, const std::vector<Tensor>& stored)
      : question_(question),
        queue_(*question.mlx->facts),
        tokens_(std::min(*question.mlx->request.prefill_step_size, question.request.context.count())),
        layers_(question.model->blocks.size()) {
    for (const Tensor& tensor : stored) {
      const auto layer = static_cast<std::size_t>(tensor.layer);
      if (tensor.layer >= 0 && layer < layers_.size() && is_matrix_of_weights(tensor))
        layers_[layer].push_back(&tensor);
    }
    stream_ = elementwise(width(), {});
  }

  double peak() {
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) add_layer(question_.model->blocks[layer], layer);
    return queue_.peak();
  }

 private:
  std::int64_t width() const { return question_.model->n_embd; }

  /// `columns` numbers for each token, or for each of `times` experts that a token goes to.
  int elementwise(std::int64_t columns, const std::vector<int>& read, std::int64_t times = 1) {
    return queue_.add(bytes(columns, times), 0, read);
  }
  int product(const Tensor& tensor, int read, std::int64_t times = 1) {
    const auto weights = static_cast<double>(tensor_bytes(tensor.shape, *tensor.stored).count());
    return queue_.add(bytes(tensor.shape[1], times), weights, {read});
  }
  double bytes(std::int64_t columns, std::int64_t times) const {
    return static_cast<double>(tokens_) * static_cast<double>(columns) * static_cast<double>(times) * kPlainBytes;
  }

  const Tensor* find(std::size_t layer, std::string_view name) const {
    const auto found = std::find_if(layers_[layer].begin(), layers_[layer].end(),
                                    [&](const Tensor* tensor) { return tensor->name == name; });
    return found != layers_[layer].end() ? *found : nullptr;
  }

  void add_layer(const Block& block, std::size_t layer) {
    if (!std::holds_alternative<NoMixer>(block.mixer)) {
      const int mixed = add_mixer(block.mixer, layer, elementwise(width(), {stream_}));
      stream_ = elementwise(width(), {stream_, mixed});
    }
    if (std::holds_alternative<NoFeedForward>(block.feed_forward)) return;
    const int input = elementwise(width(), {stream_});
    const auto* experts = std::get_if<MixtureOfExperts>(&block.feed_forward);
    const int fed = experts != nullptr ? add_experts(*experts, layer, input) : add_dense(layer, "", input);
    stream_ = elementwise(width(), {stream_, fed});
  }

  /// Every matrix but the output's makes a part of what is mixed; a norm, a rotation or an activation goes over it.
  int add_mixer(const Mixer& mixer, std::size_t layer, int input) {
    std::vector<int> parts;
    const Tensor* output = nullptr;
    for (const Tensor* tensor : layers_[layer]) {
      if (!tensor->name.starts_with("ffn_") && tensor->shape[1] == width()) output = tensor;
    }
    if (output == nullptr) return input;
    for (const Tensor* tensor : layers_[layer]) {
      if (tensor != output && !tensor->name.starts_with("ffn_")) parts.push_back(add_part(mixer, *tensor, input));
    }
    const Heads heads = heads_of(mixer);
    const int mixed = heads.count > 0 ? add_attention(heads, parts) : elementwise(output->shape[0], parts);
    return product(*output, elementwise(output->shape[0], {mixed}));
  }

  int add_part(const Mixer& mixer, const Tensor& tensor, int input) {
    const std::int64_t matrices = tensor.shape[2];
    const int part = product(tensor, input, matrices);
    if (tensor.name.starts_with("attn_v.")) return part;
    const auto* attention = std::get_if<Attention>(&mixer);
    const bool is_normed = attention != nullptr && attention->qk_norm != QkNorm::kNone;
    const int normed = is_normed ? elementwise(tensor.shape[1], {part}, matrices) : part;
    return elementwise(tensor.shape[1], {normed}, matrices);
  }

  /// Attention to all that the cache holds. Where no kernel does it at once, a table of scores lies there.
  int add_attention(const Heads& heads, const std::vector<int>& parts) {
    const std::vector<std::int64_t>& fused = question_.mlx->facts->fused_heads;
    const bool is_fused =
        heads.keys == heads.values && std::find(fused.begin(), fused.end(), heads.keys) != fused.end();
    if (is_fused) return elementwise(heads.count * heads.values, parts);
    const std::int64_t all = question_.request.context.count();
    const std::int64_t seen = heads.window > 0 ? std::min(all, heads.window + tokens_ - 1) : all;
    return elementwise(heads.count * heads.values, {elementwise(seen, parts, heads.count)});
  }

  /// A feed-forward part whose tensors end in `suffix`.
  int add_dense(std::size_t layer, std::string_view suffix, int input) {
    const auto named = [&](std::string_view start) {
      return find(layer, std::string(start) + std::string(suffix) + ".weight");
    };
    const Tensor* down = named("ffn_down");
    if (down == nullptr) return input;
    std::vector<int> parts;
    for (const char* start : {"ffn_gate", "ffn_up"}) {
      if (const Tensor* tensor = named(start)) parts.push_back(product(*tensor, input));
    }
    return product(*down, elementwise(down->shape[0], parts));
  }

  /// Tokens are sorted by expert, so each is there once for every expert that it goes to.
  int add_experts(const MixtureOfExperts& experts, std::size_t layer, int input) {
    const Tensor* down = find(layer, "ffn_down_exps.weight");
    if (down == nullptr) return input;
    const std::int64_t times = experts.n_expert_used;
    const int chosen = elementwise(experts.n_expert, {elementwise(experts.n_expert, {input})});
    const int sorted = elementwise(down->shape[1], {input, chosen}, times);
    std::vector<int> parts;
    for (const char* name : {"ffn_gate_exps.weight", "ffn_up_exps.weight", "ffn_gate_up_exps.weight"}) {
      if (const Tensor* tensor = find(layer, name)) parts.push_back(product(*tensor, sorted, times));
    }
    const int each = product(*down, elementwise(down->shape[0], parts, times), times);
    const int in_order = elementwise(down->shape[1], {each}, times);
    const int weighted = elementwise(down->shape[1], {in_order, chosen}, times);
    int sum = elementwise(width(), {weighted});
    if (experts.n_ff_shared > 0) sum = elementwise(width(), {sum, add_dense(layer, "_shexp", input)});
    if (experts.n_ff_dense > 0) sum = elementwise(width(), {sum, add_dense(layer, "", input)});
    return sum;
  }

  const Question& question_;
  CommandQueue queue_;
  std::int64_t tokens_;
  std::vector<std::vector<const Tensor*>> layers_;  ///< the matrices of each
  int stream_ = 0;                                  ///< the hidden state
};

}  // namespace

double activation_bytes(const Question& question, const std::vector<Tensor>& stored) {
  return Pass(question, stored).peak();
}

}  // namespace lfmfit::mlx
