#include "core/speed/card.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit::speed {

namespace {

void require_bandwidth(const Device& device) {
  if (device.bandwidth > Bandwidth(0)) return;
  throw Error(ErrorKind::kUnsupported,
              "no speed without a memory bandwidth; give " + device.name + " a bandwidth_gb_s");
}

bool is_card(const Device& device) {
  return device.device_class == DeviceClass::kGpu || device.device_class == DeviceClass::kServer;
}

template <class Row>
const Row* find_named(const std::vector<Row>& rows, const std::string& name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

/// Of `device`'s processor what the rest does not say is as of a usual one.
CpuFacts described(const CpuFacts& facts, const CpuFacts& usual) {
  CpuFacts result = facts;
  if (result.cores == 0) result.cores = usual.cores;
  if (result.clock_ghz <= 0) result.clock_ghz = usual.clock_ghz;
  if (result.instruction_set.empty()) result.instruction_set = usual.instruction_set;
  if (result.platform.empty()) result.platform = usual.platform;
  return result;
}

Processor make_processor(const CpuFacts& facts, double peak, const SpeedTarget& target, const SpeedRow& row) {
  const CpuConstants& constants = target.constants.cpu;
  Processor processor;
  processor.constants = &constants;
  processor.row = &row;
  processor.expert_read = row.coefficients[static_cast<std::size_t>(Coefficient::kExpertRead)];
  processor.set = find_named(constants.instruction_sets, facts.instruction_set);
  const CpuPlatform* platform = find_named(constants.platforms, facts.platform);
  if (processor.set == nullptr || platform == nullptr) {
    throw Error(ErrorKind::kUnsupported, "speed.json knows no instruction set \"" + facts.instruction_set +
                                             "\" or no platform \"" + facts.platform + "\"");
  }
  const auto threads = static_cast<double>(target.host.threads.value_or(facts.cores));
  processor.cores = std::min(threads, static_cast<double>(facts.cores));
  processor.cycles = processor.cores * facts.clock_ghz * 1e9;
  processor.draw = facts.draw > Bandwidth(0) && !target.host.bandwidth ? facts.draw.value() : peak * platform->share;
  const double most = platform->core_gb_s * 1e9 * processor.cores;
  if (platform->core_gb_s > 0) processor.draw = std::min(processor.draw, most);
  return processor;
}

}  // namespace

Card card_of(const SpeedTarget& target, const Device& gpu) {
  require_bandwidth(gpu);
  Card card;
  card.row = &speed_row(target.constants, target.backend.name, gpu);
  card.bandwidth = gpu.bandwidth.value();
  card.decode = remainder_of(target.constants, target.backend.name, gpu, false);
  card.prefill = remainder_of(target.constants, target.backend.name, gpu, true);
  const double stated = gpu.fp32.value() > 0 ? gpu.fp32.value()
                                             : gpu.bandwidth.value() * target.constants.assumptions.operations_per_byte;
  card.compute = stated * card.row->kernels.issued;
  const int units = std::max(gpu.gpu_cores, gpu.multiprocessors);
  card.units = units > 0 ? units : card.compute / (card.row->kernels.unit_gflops * 1e9);
  return card;
}

Card together(Card card, int count) {
  card.bandwidth *= count;
  card.compute *= count;
  card.units *= count;
  return card;
}

Processor processor_of(const SpeedTarget& target) {
  const Device& device = target.device;
  if (is_card(device)) {
    throw Error(ErrorKind::kUnsupported,
                "the CPU backend does not run on " + device.name +
                    " but on the machine around it; name that machine's CPU or unified-memory device");
  }
  require_bandwidth(device);
  const double peak = target.host.bandwidth.value_or(device.bandwidth).value();
  const CpuFacts facts = described(device.cpu, target.constants.cpu.usual);
  Processor processor = make_processor(facts, peak, target, speed_row(target.constants, target.backend.name, device));
  processor.decode = remainder_of(target.constants, target.backend.name, device, false);
  processor.prefill = remainder_of(target.constants, target.backend.name, device, true);
  return processor;
}

Processor host_processor(const SpeedTarget& target) {
  const SpeedRow& row = speed_row(target.constants, "cpu", target.device);
  const CpuFacts& usual = target.constants.cpu.usual;
  if (!is_card(target.device)) {
    return make_processor(described(target.device.cpu, usual),
                          target.host.bandwidth.value_or(target.device.bandwidth).value(), target, row);
  }
  const HostLink host = host_of(target);
  CpuFacts facts = usual;
  if (target.host.threads) facts.cores = static_cast<int>(*target.host.threads);
  Processor processor = make_processor(facts, host.memory.value(), target, row);
  processor.draw = host.memory.value() * host.read;
  processor.expert_read = 1;  // beside a card, where the CPU reads little else
  if (target.host.threads && host.core > Bandwidth(0))
    processor.draw = std::min(processor.draw, host.core.value() * static_cast<double>(*target.host.threads));
  return processor;
}

HostLink host_of(const SpeedTarget& target) {
  const SpeedAssumptions& assumed = target.constants.assumptions;
  const Device& device = target.device;
  const auto holds = [&](const HostLink& host) {
    const auto& segments = host.segments;
    return (segments.empty() || std::find(segments.begin(), segments.end(), device.segment) != segments.end()) &&
           (host.until_year == 0 || device.year <= host.until_year);
  };
  const auto found = std::find_if(assumed.hosts.begin(), assumed.hosts.end(), holds);
  if (found == assumed.hosts.end())
    throw Error(ErrorKind::kUnsupported, "speed.json says nothing of the machine around " + device.name);
  HostLink host = *found;
  host.memory = target.host.bandwidth.value_or(host.memory) * assumed.host_bandwidth_factor;
  host.link = host.link * assumed.link_factor;
  if (!is_card(device)) host.link = device.bandwidth;
  return host;
}

}  // namespace lfmfit::speed
