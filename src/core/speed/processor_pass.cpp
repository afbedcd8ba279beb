#include <algorithm>

#include "core/speed/attention_time.hpp"
#include "core/speed/expert_choice.hpp"
#include "core/speed/launch_count.hpp"
#include "core/speed/pass.hpp"

// A pass on a CPU: all cores read and multiply together, and meet after each operation.
namespace lfmfit::speed {

namespace {

/// Seconds of one core-cycle's multiplication for each weight of a type, one token or several.
double work_of(const Product& product, bool several, const Cores& processor, const SpeedConstants& constants) {
  const std::size_t index = constants.weight_kernels[product.kernel].cpu;
  const CpuType& type = processor.constants->types[index];
  if (!several) return type.decode / processor.set->decode;
  return (processor.set->packs[index] ? type.packed : type.plain) / processor.set->prompt;
}

/// Reading and multiplying of all matrices: they are joined by squares as a whole.
void add_products(const PlaceLoad& load, const Columns& columns, const Cores& processor,
                  const SpeedConstants& constants, PassTime& time) {
  double reading = 0, computing = 0;
  for (const Product& product : load.products) {
    const bool experts = product.use == ProductUse::kExperts;
    const double over = product.use == ProductUse::kHead ? columns.rows : columns.tokens;
    if (over <= 0) continue;
    const double touched =
        experts
            ? choose_experts(product.experts, product.used, over, kEndlessTile, spread_of(columns, constants)).touched
            : 1;
    PartTime part;
    part.bytes = product.bytes * touched;
    part.reading = part.bytes * (experts ? processor.expert_read : processor[Coefficient::kDenseRead]) / processor.draw;
    part.computing = product.inputs * product.outputs * (experts ? product.used : product.experts) * over *
                     work_of(product, columns.tokens > 1, processor, constants) / processor.cycles;
    PartTime& into = time[experts                            ? PassPart::kExperts
                          : product.use == ProductUse::kHead ? PassPart::kHead
                                                             : PassPart::kWeights];
    into.bytes += product.count * part.bytes;
    into.reading += product.count * part.reading;
    into.computing += product.count * part.computing;
    reading += product.count * part.reading;
    computing += product.count * part.computing;
  }
  const double sum = reading + computing;
  if (sum <= 0) return;
  const double share = joined(reading, computing) / sum;
  for (const PassPart which : {PassPart::kExperts, PassPart::kHead, PassPart::kWeights})
    time[which].seconds = (time[which].reading + time[which].computing) * share;
}

void add_attention(const PlaceLoad& load, const Columns& columns, const Cores& processor, PassTime& time) {
  PartTime& part = time[PassPart::kAttention];
  for (const AttentionLoad& attention : load.attention) {
    const double cells = mean_cells(attention.window, columns);
    if (columns.prompt) {
      const double work = columns.tokens * attention.heads * (attention.key_numbers + attention.value_numbers) * cells;
      part.computing += attention.layers * work * processor[Coefficient::kAttentionPrompt] /
                        (processor.cycles * processor.set->prompt);
    } else {
      part.bytes += attention.layers * columns.requests * cells * attention.cell_bytes;
    }
  }
  part.reading = part.bytes * processor[Coefficient::kCacheRead] / processor.draw;
  part.seconds = part.reading + part.computing;
}

}  // namespace

PassTime pass_time(const PlaceLoad& load, const Columns& columns, const Cores& processor,
                   const SpeedConstants& constants) {
  PassTime time;
  add_products(load, columns, processor, constants, time);
  add_attention(load, columns, processor, time);
  PartTime& launches = time[PassPart::kLaunches];
  launches.bytes = total_launches(load.launches, constants.launches[processor.row->kernels.launches], columns.tokens);
  launches.seconds = launches.bytes *
                     (processor[Coefficient::kLaunchUs] + processor[Coefficient::kLaunchCoreUs] * processor.cores) *
                     1e-6;
  PartTime& states = time[PassPart::kStates];
  states.seconds = states.computing =
      columns.tokens * load.states * processor[Coefficient::kStateSpace] / processor.cycles;
  if (columns.tokens > 1) {
    PartTime& activations = time[PassPart::kActivations];
    activations.bytes = columns.tokens * load.activations * processor[Coefficient::kActivation];
    activations.seconds = activations.reading = activations.bytes / processor.draw;
  }
  time.scale(columns.prompt ? processor.prefill : own_factor(time, processor.decode, processor.bandwidth));
  return time;
}

}  // namespace lfmfit::speed
