#include <fmt/format.h>

#include "readers/config_layers.hpp"

namespace lfmfit {

namespace {

std::int64_t setting(const BlockTemplate& block, const std::string& name, std::int64_t otherwise) {
  const auto found = block.settings.find(name);
  return found == block.settings.end() ? otherwise : found->second;
}

bool is_mixer(const BlockTemplate& block, MixerKind kind) {
  const bool slides = setting(block, "sliding", 0) != 0;
  switch (kind) {
    case MixerKind::kAttention:
      return (block.mixer == "attention" && !slides) || block.mixer == "latent_attention" ||
             block.mixer == "parallel_mixer";
    case MixerKind::kSlidingAttention: return block.mixer == "attention" && slides;
    case MixerKind::kShortConvolution: return block.mixer == "short_convolution";
    case MixerKind::kStateSpace: return block.mixer == "state_space";
    case MixerKind::kDeltaNet: return block.mixer == "gated_delta_net";
    case MixerKind::kNone: return block.mixer == "none";
  }
  return false;
}

bool is_feed_forward(const BlockTemplate& block, FeedForwardKind kind) {
  switch (kind) {
    case FeedForwardKind::kDense: return block.feed_forward == "dense";
    case FeedForwardKind::kExperts: return block.feed_forward == "experts";
    case FeedForwardKind::kNone: return block.feed_forward == "none";
  }
  return false;
}

}  // namespace

char letter_of(const Architecture& architecture, LayerKind kind, int rotates) {
  for (const auto& [letter, block] : architecture.blocks) {
    if (rotates >= 0 && setting(block, "rope", 1) != rotates) continue;
    if (is_mixer(block, kind.mixer) && is_feed_forward(block, kind.feed_forward)) return letter;
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
