#include <fmt/format.h>

#include <variant>

#include "core/model/block_settings.hpp"
#include "readers/config_layers.hpp"
#include "readers/layer_settings.hpp"

namespace lfmfit {

namespace {

/// What a config.json calls the kinds of a block: it does not tell latent attention from other attention, nor whether
/// a state space runs beside it.
struct KindOf {
  bool slides = false;

  MixerKind operator()(const NoMixer&) const { return MixerKind::kNone; }
  MixerKind operator()(const Attention&) const { return slides ? MixerKind::kSlidingAttention : MixerKind::kAttention; }
  MixerKind operator()(const LatentAttention&) const { return MixerKind::kAttention; }
  MixerKind operator()(const ShortConvolution&) const { return MixerKind::kShortConvolution; }
  MixerKind operator()(const StateSpace&) const { return MixerKind::kStateSpace; }
  MixerKind operator()(const GatedDeltaNet&) const { return MixerKind::kDeltaNet; }
  MixerKind operator()(const ParallelMixer&) const { return MixerKind::kAttention; }

  FeedForwardKind operator()(const NoFeedForward&) const { return FeedForwardKind::kNone; }
  FeedForwardKind operator()(const DenseFeedForward&) const { return FeedForwardKind::kDense; }
  FeedForwardKind operator()(const MixtureOfExperts&) const { return FeedForwardKind::kExperts; }
};

bool is_of_kind(const BlockTemplate& block, LayerKind kind) {
  const KindOf kind_of{setting_of(block, "sliding", 0) != 0};
  const auto mixer = mixer_called(block.mixer);
  const auto part = feed_forward_called(block.feed_forward);
  return mixer && part && std::visit(kind_of, *mixer) == kind.mixer && std::visit(kind_of, *part) == kind.feed_forward;
}

}  // namespace

char letter_of(const Architecture& architecture, LayerKind kind, int rotates) {
  for (const auto& [letter, block] : architecture.blocks) {
    if (rotates >= 0 && setting_of(block, "rope", 1) != rotates) continue;
    if (is_of_kind(block, kind)) return letter;
  }
  const bool slides = kind.mixer == MixerKind::kSlidingAttention;
  return slides ? letter_of(architecture, {MixerKind::kAttention, kind.feed_forward}, rotates) : '\0';
}

std::string describe(LayerKind kind) {
  constexpr const char* mixers[] = {"attention",     "sliding attention", "a short convolution",
                                    "a state space", "a gated delta net", "no mixer"};
  constexpr const char* parts[] = {"a dense feed-forward part", "experts", "no feed-forward part"};
  return fmt::format("{} with {}", mixers[static_cast<int>(kind.mixer)], parts[static_cast<int>(kind.feed_forward)]);
}

}  // namespace lfmfit
