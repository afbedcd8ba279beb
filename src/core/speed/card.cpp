#include "core/speed/card.hpp"

#include <algorithm>

#include "core/speed/measured_like.hpp"
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

/// The instruction set that a system's list of features tells: of those that fit, the fastest. Empty: none.
std::string told_by(const std::vector<std::string>& features, const CpuConstants& constants) {
  const InstructionSet* best = nullptr;
  for (const InstructionSet& set : constants.instruction_sets) {
    const bool fits =
        !set.features.empty() && std::all_of(set.features.begin(), set.features.end(), [&](const std::string& feature) {
          return std::find(features.begin(), features.end(), feature) != features.end();
        });
    if (fits && (best == nullptr || set.prompt > best->prompt)) best = &set;
  }
  return best != nullptr ? best->name : std::string();
}

/// The processor of `device`: what its row does not say as this machine tells it, and else as of a usual one.
CpuFacts cpu_of(const Device& device, const CpuConstants& constants) {
  CpuFacts facts = device.cpu;
  if (device.host) {
    const Processor& processor = device.host->processor;
    if (facts.cores == 0) facts.cores = processor.cores;
    if (facts.instruction_set.empty()) facts.instruction_set = told_by(processor.features, constants);
  }
  const CpuFacts& usual = constants.usual;
  if (facts.cores == 0) facts.cores = usual.cores;
  if (facts.clock_ghz <= 0) facts.clock_ghz = usual.clock_ghz;
  if (facts.instruction_set.empty()) facts.instruction_set = usual.instruction_set;
  if (facts.platform.empty()) facts.platform = usual.platform;
  return facts;
}

Cores make_cores(const CpuFacts& facts, double peak, const SpeedTarget& target, const SpeedRow& row) {
  const CpuConstants& constants = target.constants.cpu;
  Cores processor;
  processor.constants = &constants;
  processor.bandwidth = peak;
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
  if (const MeasuredDevice* measured = measured_like(target.constants, target.backend.name, gpu)) {
    card.decode = measured->decode;
    card.prefill = measured->prefill;
  }
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

Cores processor_of(const SpeedTarget& target) {
  const Device& device = target.device;
  if (is_card(device)) {
    throw Error(ErrorKind::kUnsupported,
                "the CPU backend does not run on " + device.name +
                    " but on the machine around it; name that machine's CPU or unified-memory device");
  }
  require_bandwidth(device);
  const double peak = target.host.bandwidth.value_or(device.bandwidth).value();
  const CpuFacts facts = cpu_of(device, target.constants.cpu);
  Cores processor = make_cores(facts, peak, target, speed_row(target.constants, target.backend.name, device));
  if (const MeasuredDevice* measured = measured_like(target.constants, target.backend.name, device)) {
    processor.decode = measured->decode;
    processor.prefill = measured->prefill;
  }
  return processor;
}

Cores host_processor(const SpeedTarget& target) {
  const SpeedRow& row = speed_row(target.constants, "cpu", target.device);
  const CpuConstants& constants = target.constants.cpu;
  if (!is_card(target.device)) {
    return make_cores(cpu_of(target.device, constants), target.host.bandwidth.value_or(target.device.bandwidth).value(),
                      target, row);
  }
  const HostLink host = host_of(target);
  CpuFacts facts = target.device.host ? cpu_of(target.device, constants) : constants.usual;
  if (target.host.threads) facts.cores = static_cast<int>(*target.host.threads);
  Cores processor = make_cores(facts, host.memory.value(), target, row);
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
  if (device.host && device.host->bandwidth.value > Bandwidth(0)) {
    host.memory = device.host->bandwidth.value;
    const bool is_told = !device.host->bandwidth.assumed && device.host->bandwidth.read_share > 0;
    if (is_told) host.read = device.host->bandwidth.read_share;
  }
  host.memory = target.host.bandwidth.value_or(host.memory) * assumed.host_bandwidth_factor;
  host.link = host.link * assumed.link_factor;
  if (!is_card(device)) host.link = device.bandwidth;
  return host;
}

}  // namespace lfmfit::speed
