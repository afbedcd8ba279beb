#include "core/speed/pass.hpp"

#include <algorithm>
#include <cmath>

#include "core/speed/attention_time.hpp"
#include "core/speed/expert_choice.hpp"
#include "core/speed/launch_count.hpp"
#include "core/speed/product_time.hpp"

namespace lfmfit::speed {

namespace {

constexpr double kNumberBytes = 4;        // of a logit, or of a number of a state
constexpr double kRereadActivations = 2;  // times more where a card's cache is small
constexpr double kReachedShare = 0.97;  // of its peak, at which no memory is read faster

void add(PartTime& to, const PartTime& time, double times) {
  to.seconds += time.seconds * times;
  to.bytes += time.bytes * times;
  to.reading += time.reading * times;
  to.computing += time.computing * times;
}

PassPart part_of(ProductUse use) {
  switch (use) {
    case ProductUse::kEach: return PassPart::kEach;
    case ProductUse::kHead: return PassPart::kHead;
    case ProductUse::kExperts: return PassPart::kExperts;
    case ProductUse::kDense: break;
  }
  return PassPart::kWeights;
}

void add_products(const PlaceLoad& load, const Columns& columns, const Card& card, const SpeedConstants& constants,
                  PassTime& time) {
  const double spread = spread_of(columns, constants);
  const bool apart = columns.requests > 1 && columns.tokens == columns.requests;
  for (const Product& product : load.products) {
    const bool each = product.use == ProductUse::kEach && apart;
    const double over = product.use == ProductUse::kHead ? columns.rows : each ? 1 : columns.tokens;
    if (over <= 0) continue;
    const PassPart part = product.use == ProductUse::kEach && !each ? PassPart::kWeights : part_of(product.use);
    add(time[part], product_time(product, over, spread, card, constants), product.count * (each ? columns.tokens : 1));
  }
}

void add_launches(const PlaceLoad& load, const Columns& columns, const Card& card, const SpeedConstants& constants,
                  PassTime& time) {
  LaunchCounts counts = load.launches;
  const auto at = [&](LaunchPart part) -> double& { return counts[static_cast<std::size_t>(part)]; };
  const double attention = at(LaunchPart::kAttention);
  if (!columns.flash_attention) at(LaunchPart::kPlainAttention) = attention;
  const double kernels = total_launches(counts, constants.launches[card.row->kernels.launches], columns.tokens);
  PartTime& part = time[PassPart::kLaunches];
  part.bytes = kernels;
  part.seconds = kernels * card[Coefficient::kLaunchUs] * 1e-6;
}

/// What a call costs once, and what the host does for it: embeddings, the mask, logits.
void add_host_share(const PlaceLoad& load, const Columns& columns, const Card& card, PassTime& time) {
  if (load.vocabulary > 0)
    time[PassPart::kLogits].seconds =
        columns.rows * load.vocabulary * kNumberBytes * card[Coefficient::kLogitsNs] * 1e-9;
  if (!columns.first || load.embedding <= 0) return;
  const double number = card[load.slow_embedding ? Coefficient::kSlowEmbeddingNs : Coefficient::kEmbeddingNs];
  const double masked = columns.mask_cells > 0 ? columns.mask_cells : columns.cells;
  time[PassPart::kPreparation].seconds =
      columns.tokens * (card[Coefficient::kTokenUs] * 1e-6 + load.embedding * number * 1e-9 +
                        masked * card[Coefficient::kMaskNs] * 1e-9);
  time[PassPart::kStep].seconds = card[Coefficient::kStepUs] * 1e-6;
}

void add_states(const PlaceLoad& load, const Columns& columns, const Card& card, PassTime& time) {
  PartTime& part = time[PassPart::kStates];
  part.bytes = columns.requests * 2 * kNumberBytes * load.states;
  part.reading = part.bytes * card[Coefficient::kStateRead] / card.bandwidth;
  if (columns.tokens > kFewColumns || card.row->kernels.metal) {
    part.computing =
        columns.tokens *
        (load.state_space * card[Coefficient::kStateSpace] + load.delta_net * card[Coefficient::kDeltaNet]) /
        card.compute;
  }
  part.seconds = part.reading + part.computing;
}

void add_activations(const PlaceLoad& load, const Columns& columns, const Card& card, PassTime& time) {
  if (columns.tokens <= kFewColumns && !card.row->kernels.metal) return;
  PartTime& part = time[PassPart::kActivations];
  part.bytes = columns.tokens * load.activations * card[Coefficient::kActivation] *
               (1 + kRereadActivations * card[Coefficient::kTileRereads]);
  part.seconds = part.reading = part.bytes / card.bandwidth;
}

}  // namespace

double PassTime::seconds() const {
  double sum = 0;
  for (const PartTime& part : parts) sum += part.seconds;
  return sum;
}

void PassTime::add(const PassTime& other, double times) {
  for (std::size_t i = 0; i < kPassPartCount; ++i) speed::add(parts[i], other.parts[i], times);
}

void PassTime::scale(double times) {
  for (PartTime& part : parts) {
    part.seconds *= times;
    part.reading *= times;
    part.computing *= times;
  }
}

double up(double value, double step) { return std::ceil(value / step) * step; }

double own_factor(const PassTime& time, double own, double bandwidth) {
  if (own >= 1) return own;
  double bytes = 0;
  for (const PassPart part : {PassPart::kWeights, PassPart::kExperts, PassPart::kEach, PassPart::kHead,
                              PassPart::kAttention, PassPart::kStates})
    bytes += time[part].bytes;
  const double reading = bytes / (kReachedShare * bandwidth);
  return std::max(own, std::min(1.0, reading / time.seconds()));
}

double joined(double reading, double computing) { return std::sqrt(reading * reading + computing * computing); }

double spread_of(const Columns& columns, const SpeedConstants& constants) {
  return columns.prompt ? constants.assumptions.prompt_spread : constants.assumptions.request_spread;
}

double bytes_read(const PlaceLoad& load, const Columns& columns, const SpeedConstants& constants) {
  double bytes = 0;
  for (const Product& product : load.products) {
    if (product.use == ProductUse::kHead && columns.rows <= 0) continue;
    const double touched =
        product.use != ProductUse::kExperts
            ? 1
            : choose_experts(product.experts, product.used, columns.tokens, kEndlessTile, spread_of(columns, constants))
                  .touched;
    bytes += product.count * product.bytes * touched;
  }
  return bytes;
}

PassTime pass_time(const PlaceLoad& load, const Columns& columns, const Card& card, const SpeedConstants& constants) {
  PassTime time;
  add_products(load, columns, card, constants, time);
  add_launches(load, columns, card, constants, time);
  time[PassPart::kAttention] = attention_time(load, columns, card);
  add_states(load, columns, card, time);
  add_activations(load, columns, card, time);
  add_host_share(load, columns, card, time);
  time.scale(columns.prompt ? card.prefill : own_factor(time, card.decode, card.bandwidth));
  return time;
}

}  // namespace lfmfit::speed
