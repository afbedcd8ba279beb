#include "core/speed/host_time.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/llamacpp/placement.hpp"

namespace lfmfit::speed {

namespace {

bool is_copied(const Workload& workload, const Columns& columns) {
  return workload.op_offload && columns.tokens >= static_cast<double>(kMinOffloadedBatch);
}

/// The CPU works on the host's part. One token is bound by the memory alone; the CPU is not known well enough to say
/// more.
void add_computed(const PlaceLoad& load, const Columns& columns, const SpeedTarget& target, double passes,
                  TimeLedger& ledger) {
  const Cores processor = host_processor(target);
  const HostLink host = host_of(target);
  PassTime time;
  time.add(pass_time(load, columns, processor, target.constants), passes);
  time[PassPart::kLaunches] = {};
  if (columns.tokens <= 1) {
    for (PartTime& part : time.parts) {
      part.seconds = part.reading;
      part.computing = 0;
    }
  }
  ledger.add(time, *processor.row, "", "host ");
  const double layers = load.expert_layers * host.expert_layer.value() + load.layers * host.layer.value();
  ledger.add("host layers", passes * layers, nullptr, [&] {
    return fmt::format("{:.0f} x {:.3g} ms, {:.0f} x {:.3g} ms", load.expert_layers, host.expert_layer.value() * 1e3,
                       load.layers, host.layer.value() * 1e3);
  });
}

/// The host's matrices, without the output layer, whose few rows the CPU multiplies with.
PlaceLoad without_head(PlaceLoad load) {
  std::erase_if(load.products, [](const Product& product) { return product.use == ProductUse::kHead; });
  load.vocabulary = 0;
  return load;
}

PlaceLoad head_of(const PlaceLoad& load) {
  PlaceLoad head;
  std::copy_if(load.products.begin(), load.products.end(), std::back_inserter(head.products),
               [](const Product& product) { return product.use == ProductUse::kHead; });
  return head;
}

}  // namespace

void add_host(const Workload& workload, const Columns& columns, const SpeedTarget& target, const Card& card,
              double passes, TimeLedger& ledger) {
  if (workload.host.empty()) return;
  if (!is_copied(workload, columns)) {
    add_computed(workload.host, columns, target, passes, ledger);
    return;
  }
  const PlaceLoad load = without_head(workload.host);
  const HostLink host = host_of(target);
  const double bytes = passes * bytes_read(load, columns, target.constants);
  ledger.add("copying host weights", bytes / (host.link.value() * host.link_share) + passes * host.prompt.value(),
             nullptr, [&] {
               return fmt::format("{} / ({} x {:.2g}) + {:.0f} x {:.3g} ms", bytes_text(bytes), text(host.link),
                                  host.link_share, passes, host.prompt.value() * 1e3);
             });
  PassTime time;
  time.add(pass_time(load, columns, card, target.constants), passes);
  ledger.add(time, *card.row, "", "host ");
  const PlaceLoad head = head_of(workload.host);
  if (columns.rows > 0 && !head.products.empty()) add_computed(head, {}, target, 1, ledger);
}

}  // namespace lfmfit::speed
