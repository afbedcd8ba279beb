#include "core/vllm/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

namespace lfmfit::vllm {

namespace {

/// The sizes that tensor parallel must divide, as far as a layer has them; 0: it has not.
struct Heads {
  std::int64_t query = 0, key_value = 0;
};

Heads heads_of(const Block& block) {
  if (const auto* attention = std::get_if<Attention>(&block.mixer)) return {attention->n_head, attention->n_head_kv};
  if (const auto* latent = std::get_if<LatentAttention>(&block.mixer)) return {latent->n_head, 0};
  if (const auto* both = std::get_if<ParallelMixer>(&block.mixer))
    return {both->attention.n_head, both->attention.n_head_kv};
  if (const auto* net = std::get_if<GatedDeltaNet>(&block.mixer)) return {net->n_value_head, 0};
  return {};
}

std::string refused_heads(const Heads& heads, std::int64_t parts) {
  if (heads.query % parts != 0)
    return fmt::format("{} attention heads are not divisible by a tensor parallel size of {}", heads.query, parts);
  if (heads.key_value == 0) return "";
  const bool divides = heads.key_value >= parts ? heads.key_value % parts == 0 : parts % heads.key_value == 0;
  return divides ? ""
                 : fmt::format("{} KV heads neither divide nor are divided by a tensor parallel size of {}",
                               heads.key_value, parts);
}

std::int64_t feed_forward_width(const Block& block, const Settings& settings) {
  if (const auto* dense = std::get_if<DenseFeedForward>(&block.feed_forward)) return dense->n_ff;
  const auto* experts = std::get_if<MixtureOfExperts>(&block.feed_forward);
  return experts != nullptr && !settings.whole_experts ? experts->n_ff : 0;
}

std::string refused_width(const Block& block, const Settings& settings) {
  const std::int64_t width = feed_forward_width(block, settings), parts = settings.tensor_parallel;
  if (width % parts != 0)
    return fmt::format("a feed-forward part {} wide is not divisible by a tensor parallel size of {}", width, parts);
  const CheckpointForm& form = *settings.form;
  const bool quantized = !form.experts_only || std::holds_alternative<MixtureOfExperts>(block.feed_forward);
  if (!form.whole_groups || !quantized || form.group == 0 || width / parts % form.group == 0) return "";
  return fmt::format("a GPU's part of {} of a feed-forward part is no whole number of groups of {} of {}",
                     width / parts, form.group, form.row.name);
}

}  // namespace

std::vector<int> stages_of(std::int64_t layers, std::int64_t stages) {
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(stages), layers / stages);
  for (std::int64_t left = layers % stages; left > 0; --left)
    ++sizes[static_cast<std::size_t>(stages > 1 ? stages - 1 - left : 0)];
  std::vector<int> result;
  for (std::size_t stage = 0; stage < sizes.size(); ++stage)
    result.insert(result.end(), static_cast<std::size_t>(sizes[stage]), static_cast<int>(stage));
  return result;
}

std::string refused_sharing(const Model& model, const Settings& settings) {
  const auto layers = static_cast<std::int64_t>(model.blocks.size());
  if (settings.pipeline_parallel > layers)
    return fmt::format("{} layers cannot be shared by {} stages of a pipeline", layers, settings.pipeline_parallel);
  for (const Block& block : model.blocks) {
    for (const std::string& reason :
         {refused_heads(heads_of(block), settings.tensor_parallel), refused_width(block, settings)}) {
      if (!reason.empty()) return reason;
    }
  }
  return "";
}

}  // namespace lfmfit::vllm
