#include "core/speed/launch_count.hpp"

namespace lfmfit::speed {

namespace {

class Counter {
 public:
  void add(LaunchPart part, std::int64_t times = 1) { counts_[static_cast<std::size_t>(part)] += times; }

  void operator()(const NoMixer&) {}
  void operator()(const Attention& attention) {
    add(LaunchPart::kAttention);
    if (attention.qk_norm != QkNorm::kNone) add(LaunchPart::kQkNorm);
  }
  void operator()(const LatentAttention&) { add(LaunchPart::kLatentAttention); }
  void operator()(const ShortConvolution&) { add(LaunchPart::kShortConvolution); }
  void operator()(const StateSpace&) { add(LaunchPart::kStateSpace); }
  void operator()(const GatedDeltaNet&) { add(LaunchPart::kGatedDeltaNet); }
  void operator()(const ParallelMixer& mixer) {
    (*this)(mixer.attention);
    (*this)(mixer.state_space);
  }

  void operator()(const NoFeedForward&) {}
  void operator()(const DenseFeedForward&) { add(LaunchPart::kDenseFeedForward); }
  void operator()(const MixtureOfExperts& experts) {
    add(LaunchPart::kExperts);
    if (experts.n_ff_shared > 0) add(LaunchPart::kSharedExpert);
    if (experts.n_ff_dense > 0) add(LaunchPart::kDenseFeedForward);
  }

  const LaunchCounts& counts() const { return counts_; }

 private:
  LaunchCounts counts_{};
};

}  // namespace

LaunchCounts count_launches(const Model& model) {
  Counter counter;
  counter.add(LaunchPart::kToken);
  for (const Block& block : model.blocks) {
    std::visit(counter, block.mixer);
    std::visit(counter, block.feed_forward);
    counter.add(LaunchPart::kPostNorm, (block.mixer_post_norm ? 1 : 0) + (block.feed_forward_post_norm ? 1 : 0));
    if (block.n_embd_per_layer > 0) counter.add(LaunchPart::kPerLayerEmbedding);
    if (block.n_altup > 0) counter.add(LaunchPart::kAltup);
    if (block.laurel_rank > 0) counter.add(LaunchPart::kLaurel);
  }
  return counter.counts();
}

double total_launches(const LaunchCounts& counts, const SpeedConstants& constants) {
  double launches = 0;
  for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
    launches += static_cast<double>(counts[part]) * constants.launches[part].launches;
  }
  return launches;
}

}  // namespace lfmfit::speed
