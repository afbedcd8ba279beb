#include "core/speed/host_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "core/llamacpp/placement.hpp"
#include "core/speed/attention_time.hpp"

namespace lfmfit::speed {

namespace {

// Fitted to Llama 3.2 1B without flash attention and LFM2 2.6B behind 64 and 8,192 tokens, beside an H100.
constexpr double kReadingThreads = 2;
constexpr double kHandover = 0.57;  // of what a layer's experts take
constexpr double kTransposing = 6;  // times longer than reading them: to bring values into the order that is needed

constexpr double kToldBytes = 1e5;  // fewer print as 0 MB
constexpr double kStateBytes = 8;   // of a number that is read and written

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

double attention_layers(const PlaceLoad& load) {
  double layers = 0;
  for (const AttentionLoad& attention : load.attention) layers += attention.layers;
  return layers;
}

/// `bytes` that go to the card, and `times` that something takes `each` besides.
void add_copies(const std::string& name, double bytes, double times, Seconds each, const HostLink& host,
                TimeLedger& ledger) {
  ledger.add(name, bytes / (host.link.value() * host.link_share) + times * each.value(), nullptr, [&] {
    return fmt::format("{} / ({} x {:.2g}) + {:.0f} x {:.3g} ms", bytes_text(bytes), text(host.link), host.link_share,
                       times, each.value() * 1e3);
  });
}

/// `layers` that the CPU works on amid those of a GPU, on `bytes` of caches or states. It does so little with all of
/// its threads that two read as fast.
void add_between(const std::string& name, double bytes, double layers, const HostLink& host, TimeLedger& ledger) {
  const double rate = kReadingThreads * host.core.value(), handover = kHandover * host.expert_layer.value();
  ledger.add(name, bytes / rate + layers * handover, nullptr, [&] {
    const std::string reading = fmt::format("{} / ({:.0f} x {})", bytes_text(bytes), kReadingThreads, text(host.core));
    if (layers <= 0) return reading;
    const std::string handovers = fmt::format("{:.0f} x {:.3g} ms", layers, handover * 1e3);
    return bytes < kToldBytes ? handovers : reading + " + " + handovers;
  });
}

/// Flash attention runs on the GPU, to which the caches are copied for each pass; without it the CPU attends.
void add_kept_caches(const PlaceLoad& kept, bool transposed, const Columns& columns, const SpeedTarget& target,
                     const Card& card, double passes, TimeLedger& ledger) {
  if (kept.attention.empty()) return;
  const HostLink host = host_of(target);
  const double bytes = passes * cache_bytes(kept, columns), layers = passes * attention_layers(kept);
  PassTime time;
  if (columns.flash_attention) {
    add_copies("copying caches", bytes, layers, host.layer, host, ledger);
    time[PassPart::kAttention] = attention_time(kept, columns, card);
    time.scale(passes);
    ledger.add(time, *card.row, "");
  } else if (columns.tokens <= 1) {
    add_between("host attention", bytes, layers, host, ledger);
    if (!transposed) add_between("transposing values", kTransposing * bytes / 2, 0, host, ledger);
  } else {
    const Cores processor = host_processor(target);
    PlaceLoad attention;
    attention.attention = kept.attention;
    time.add(pass_time(attention, columns, processor, target.constants), passes);
    ledger.add(time, *processor.row, "", "host ");
  }
}

}  // namespace

void add_host(const Workload& workload, const Columns& columns, const SpeedTarget& target, const Card& card,
              double passes, TimeLedger& ledger) {
  add_kept_caches(workload.kept, workload.values_transposed, columns, target, card, passes, ledger);
  if (workload.kept.layers > 0) {
    add_between("host states", passes * columns.requests * kStateBytes * workload.kept.states,
                passes * workload.kept.layers, host_of(target), ledger);
  }
  if (workload.host.empty()) return;
  if (!is_copied(workload, columns)) {
    add_computed(workload.host, columns, target, passes, ledger);
    return;
  }
  const PlaceLoad load = without_head(workload.host);
  const HostLink host = host_of(target);
  const double bytes = passes * bytes_read(load, columns, target.constants);
  add_copies("copying host weights", bytes, passes, host.prompt, host, ledger);
  PassTime time;
  time.add(pass_time(load, columns, card, target.constants), passes);
  ledger.add(time, *card.row, "", "host ");
  const PlaceLoad head = head_of(workload.host);
  if (columns.rows > 0 && !head.products.empty()) add_computed(head, {}, target, 1, ledger);
}

}  // namespace lfmfit::speed
