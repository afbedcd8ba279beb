#include "core/speed/gpu_part.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit::speed {

namespace {

bool are_alike(const SpeedTarget& target) { return target.gpu_count < 2 || target.device.parts.empty(); }

GpuPart part_of(const PlaceLoad& load, const Device& gpu, const SpeedTarget& target, const SpeedLaw& law) {
  return {&load, &gpu, device_rates(target, gpu), &speed_row(law, target.backend.name, gpu), {}};
}

}  // namespace

bool shares_layers(const SpeedTarget& target) {
  return target.gpu_count > 1 && target.split_mode == SplitMode::kTensor;
}

std::vector<GpuPart> gpu_parts(const Workload& workload, const SpeedTarget& target, const SpeedLaw& law) {
  if (target.gpu_count > 1 && target.split_mode == SplitMode::kRow)
    throw Error(ErrorKind::kUnsupported, "how fast GPUs are that share matrices by rows was never measured");
  std::vector<GpuPart> parts;
  if (are_alike(target)) {
    parts.push_back(part_of(workload.device, gpu_of(target.device, 0), target, law));
    return parts;
  }
  if (workload.gpus.size() != static_cast<std::size_t>(target.gpu_count))
    throw Error(ErrorKind::kUnsupported, "the work of each GPU of " + target.device.name + " was not counted");
  for (std::size_t i = 0; i < workload.gpus.size(); ++i) {
    if (workload.gpus[i].empty()) continue;
    parts.push_back(part_of(workload.gpus[i], gpu_of(target.device, static_cast<int>(i)), target, law));
    parts.back().label = " on " + parts.back().gpu->name;
  }
  if (parts.empty()) parts.push_back(part_of(workload.device, gpu_of(target.device, 0), target, law));
  return parts;
}

Basis basis_of(const Workload& workload, const SpeedTarget& target, const SpeedLaw& law,
               const std::vector<GpuPart>& parts, const Beyond& beyond) {
  Basis all;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Basis one = basis_of(workload, target, *parts[i].gpu, law, *parts[i].row, beyond);
    const bool again = all.text.find(one.text) != std::string::npos;
    all = i == 0 ? one
                 : Basis{all.measured && one.measured, std::min(all.low, one.low), std::max(all.high, one.high),
                         again ? all.text : all.text + "; " + one.text};
  }
  return all;
}

}  // namespace lfmfit::speed
