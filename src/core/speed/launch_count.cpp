#include "core/speed/launch_count.hpp"

#include "core/speed/pass.hpp"

namespace lfmfit::speed {

namespace {

class Counter {
 public:
  explicit Counter(LaunchCounts& counts) : counts_(counts) {}

  void add(LaunchPart part, bool condition = true) { counts_[static_cast<std::size_t>(part)] += condition ? 1 : 0; }

  void operator()(const NoMixer&) {}
  void operator()(const Attention& attention) {
    add(LaunchPart::kAttention);
    add(LaunchPart::kQkNorm, attention.qk_norm != QkNorm::kNone);
    add(LaunchPart::kAttentionBias, attention.qkv_bias);
    add(LaunchPart::kScaledQueries, attention.scale_q);
    add(LaunchPart::kSinksOrNoRope, attention.sinks || !attention.rope);
    add(LaunchPart::kOutputGate, attention.output_gate);
  }
  void operator()(const LatentAttention& attention) {
    add(LaunchPart::kLatentAttention);
    add(LaunchPart::kCompressedQueries, attention.q_lora_rank > 0);
  }
  void operator()(const ShortConvolution&) { add(LaunchPart::kShortConvolution); }
  void operator()(const StateSpace& mixer) {
    add(mixer.version == 1 ? LaunchPart::kStateSpace1 : LaunchPart::kStateSpace);
  }
  void operator()(const GatedDeltaNet&) { add(LaunchPart::kGatedDeltaNet); }
  void operator()(const ParallelMixer& mixer) {
    (*this)(mixer.attention);
    (*this)(mixer.state_space);
  }

  void operator()(const NoFeedForward&) {}
  void operator()(const DenseFeedForward&) { add(LaunchPart::kDenseFeedForward); }
  void operator()(const MixtureOfExperts& experts) {
    add(LaunchPart::kExperts);
    add(LaunchPart::kExpertBias, experts.bias);
    add(LaunchPart::kSharedExpert, experts.n_ff_shared > 0);
    add(LaunchPart::kSharedGate, experts.n_ff_shared > 0 && experts.shared_gate);
    add(LaunchPart::kDenseBesideExperts, experts.n_ff_dense > 0);
  }

 private:
  LaunchCounts& counts_;
};

}  // namespace

void add_launches(const Block& block, LaunchCounts& counts) {
  Counter counter(counts);
  std::visit(counter, block.mixer);
  std::visit(counter, block.feed_forward);
  counter.add(LaunchPart::kPostNorm, block.mixer_post_norm);
  counter.add(LaunchPart::kPostNorm, block.feed_forward_post_norm);
  counter.add(LaunchPart::kResidualScale, block.residual_scale);
  counter.add(LaunchPart::kPerLayerEmbedding, block.n_embd_per_layer > 0);
  counter.add(LaunchPart::kAltup, block.n_altup > 0);
  counter.add(LaunchPart::kLaurel, block.laurel_rank > 0);
}

double total_launches(const LaunchCounts& counts, const LaunchTable& table, double columns) {
  double launches = 0;
  for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
    const LaunchCost& cost = table.costs[part];
    launches += counts[part] * (columns <= 1 ? cost.one : columns <= kFewColumns ? cost.few : cost.many);
  }
  return launches;
}

}  // namespace lfmfit::speed
