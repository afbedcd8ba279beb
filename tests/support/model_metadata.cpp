#include <algorithm>

#include "support/model_gguf.hpp"

namespace test {

namespace {

using namespace lfmfit;

/// Writes the metadata of a model kind by kind of block, as converters do.
class MetadataWriter {
 public:
  MetadataWriter(GgufWriter& writer, const Model& model) : writer_(writer), model_(model) {}

  void write() {
    writer_.text("general.architecture", model_.architecture).text("general.name", model_.card.name);
    number("block_count", static_cast<std::int64_t>(model_.blocks.size()));
    number("embedding_length", model_.n_embd);
    number("context_length", model_.context_train.count());
    for (const Block& block : model_.blocks) {
      heads_.push_back(0);
      kv_heads_.push_back(0);
      feed_forward_.push_back(0);
      slides_.push_back(false);
      std::visit([this](const auto& mixer) { add(mixer); }, block.mixer);
      std::visit([this](const auto& part) { add(part); }, block.feed_forward);
      if (block.n_embd_per_layer > 0) number("embedding_length_per_layer_input", block.n_embd_per_layer);
      if (block.n_altup > 0) number("altup.num_inputs", block.n_altup);
    }
    if (model_.shared_kv_layers > 0) number("attention.shared_kv_layers", model_.shared_kv_layers);
    per_layer("attention.head_count", heads_);
    per_layer("attention.head_count_kv", kv_heads_);
    per_layer("feed_forward_length", feed_forward_);
    if (std::count(slides_.begin(), slides_.end(), true) > 0)
      writer_.flags(key("attention.sliding_window_pattern"), slides_);
  }

 private:
  std::string key(const std::string& name) const { return model_.architecture + "." + name; }
  void number(const std::string& name, std::int64_t value) {
    if (std::find(written_.begin(), written_.end(), name) != written_.end()) return;
    written_.push_back(name);
    writer_.u32(key(name), static_cast<std::uint32_t>(value));
  }
  void per_layer(const std::string& name, const std::vector<std::int32_t>& values) {
    const bool same = std::all_of(values.begin(), values.end(), [&](std::int32_t value) { return value == values[0]; });
    if (same)
      number(name, values[0]);
    else
      writer_.i32s(key(name), values);
  }

  void add(const NoMixer&) {}
  void add(const NoFeedForward&) {}
  void add(const Attention& part) {
    heads_.back() = static_cast<std::int32_t>(part.n_head);
    kv_heads_.back() = static_cast<std::int32_t>(part.n_head_kv);
    slides_.back() = part.sliding;
    number(part.sliding ? "attention.key_length_swa" : "attention.key_length", part.head_dim_k);
    number(part.sliding ? "attention.value_length_swa" : "attention.value_length", part.head_dim_v);
    if (part.rope)
      number(part.sliding ? "rope.dimension_count_swa" : "rope.dimension_count",
             part.n_rot > 0 ? part.n_rot : part.head_dim_k);
    if (part.sliding) number("attention.sliding_window", part.window);
  }
  void add(const LatentAttention& part) {
    heads_.back() = static_cast<std::int32_t>(part.n_head);
    kv_heads_.back() = 1;
    number("attention.key_length", part.kv_lora_rank + part.head_dim_rope);
    number("attention.value_length", part.kv_lora_rank);
    number("attention.key_length_mla", part.head_dim_nope + part.head_dim_rope);
    number("attention.value_length_mla", part.head_dim_v);
    number("attention.kv_lora_rank", part.kv_lora_rank);
    if (part.q_lora_rank > 0) number("attention.q_lora_rank", part.q_lora_rank);
    number("rope.dimension_count", part.head_dim_rope);
    if (part.indexer_heads == 0) return;
    number("attention.indexer.head_count", part.indexer_heads);
    number("attention.indexer.key_length", part.indexer_head_dim);
    number("attention.indexer.top_k", part.indexer_top_k);
  }
  void add(const ShortConvolution& part) {
    heads_.back() = 32;
    number("shortconv.l_cache", part.kernel);
  }
  void add(const StateSpace& part) {
    number("ssm.inner_size", part.d_inner);
    number("ssm.state_size", part.d_state);
    number("ssm.conv_kernel", part.d_conv);
    number("ssm.time_step_rank", part.dt_rank);
    if (part.version == 2) number("ssm.group_count", part.n_group);
  }
  void add(const GatedDeltaNet& part) {
    if (part.by_channel) {
      heads_.back() = static_cast<std::int32_t>(part.n_value_head);
      number("kda.head_dim", part.head_dim);
      return number("ssm.conv_kernel", part.d_conv);
    }
    number("ssm.inner_size", part.n_value_head * part.head_dim);
    number("ssm.group_count", part.n_key_head);
    number("ssm.time_step_rank", part.n_value_head);
    number("ssm.state_size", part.head_dim);
    number("ssm.conv_kernel", part.d_conv);
  }
  void add(const ParallelMixer& part) {
    add(part.attention);
    add(part.state_space);
  }
  void add(const DenseFeedForward& part) { feed_forward_.back() = static_cast<std::int32_t>(part.n_ff); }
  void add(const MixtureOfExperts& part) {
    number("expert_count", part.n_expert);
    number("expert_used_count", part.n_expert_used);
    number("expert_feed_forward_length", part.n_ff);
    if (part.sigmoid_gating) number("expert_gating_func", 2);
    if (part.n_expert_groups > 1) {
      number("expert_group_count", part.n_expert_groups);
      number("expert_group_used_count", part.n_group_used);
    }
    if (part.scale_weights && !scaled_) writer_.f32(key("expert_weights_scale"), 2.5F);
    if (!scaled_) writer_.flag(key("expert_weights_norm"), part.normalize_weights);
    scaled_ = true;
  }

  GgufWriter& writer_;
  const Model& model_;
  std::vector<std::string> written_;
  std::vector<std::int32_t> heads_, kv_heads_, feed_forward_;
  std::vector<bool> slides_;
  bool scaled_ = false;
};

}  // namespace

GgufWriter gguf_of(const Model& model, const Quantization* quantization) {
  GgufWriter writer;
  MetadataWriter(writer, model).write();
  add_tensors(writer, quantization != nullptr ? quantize(model, *quantization) : tensors(model));
  return writer;
}

}  // namespace test
