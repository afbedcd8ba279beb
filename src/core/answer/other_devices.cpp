#include "core/answer/other_devices.hpp"

#include <algorithm>
#include <tuple>

#include "core/base/limits.hpp"

namespace lfmfit {

namespace {

using Candidate = ReportScope::Candidate;

template <class Matches>
std::vector<Candidate> those_that(const std::vector<Candidate>& devices, const Matches& matches) {
  std::vector<Candidate> found;
  for (const Candidate& candidate : devices) {
    if (candidate.backend != nullptr && matches(*candidate.device)) found.push_back(candidate);
  }
  return found;
}

}  // namespace

Device several_of(const Device& device, int count) {
  Device machine = device;
  machine.gpus *= count;
  machine.device_class = DeviceClass::kServer;
  machine.name = std::to_string(count) + "x " + device.name;
  return machine;
}

std::vector<Candidate> larger_devices(const Device& device, const std::vector<Candidate>& devices) {
  if (device.gpus > 1) return {};
  const auto is_larger = [&](const Device& other) {
    return other.device_class == device.device_class && other.memory > device.memory;
  };
  const auto same_vendor = [&](const Device& other) {
    // of a device that was described nothing but its backend is known
    return is_larger(other) &&
           (device.vendor.empty() ? other.backend == device.backend : other.vendor == device.vendor);
  };
  // of a kind first; where none of it is large enough, others of the vendor
  std::vector<Candidate> alike = those_that(devices, [&](const Device& other) {
    return same_vendor(other) && (device.segment.empty() || other.segment == device.segment);
  });
  std::vector<Candidate> others = those_that(devices, [&](const Device& other) {
    return same_vendor(other) && !device.segment.empty() && other.segment != device.segment;
  });
  const auto smaller = [](const Candidate& a, const Candidate& b) {
    const auto key = [](const Device& one) {
      return std::tuple(one.memory, -one.year, one.bandwidth.value(), std::string_view(one.id));
    };
    return key(*a.device) < key(*b.device);
  };
  std::sort(alike.begin(), alike.end(), smaller);
  std::sort(others.begin(), others.end(), smaller);
  alike.insert(alike.end(), others.begin(), others.end());
  return alike;
}

std::shared_ptr<const Device> several_times(const Device& device, int count, const std::vector<Candidate>& devices) {
  const auto card = std::find_if(devices.begin(), devices.end(), [&](const Candidate& one) {
    return one.device->id == device.id && one.device->device_class == DeviceClass::kGpu;
  });
  const bool is_more = count > device.gpus && count <= kMaxGpus && device.parts.empty() && device.asked_as.empty();
  if (card == devices.end() || !is_more) return nullptr;
  auto machine = std::make_shared<Device>(several_of(*card->device, count));
  machine->asked_as = std::to_string(count) + "x " + device.id;
  return machine;
}

}  // namespace lfmfit
