#include "core/speed/gpu_part.hpp"

#include <algorithm>

#include "lfmfit/error.hpp"

namespace lfmfit::speed {

namespace {

bool are_alike(const SpeedTarget& target) { return target.gpu_count < 2 || target.device.parts.empty(); }

GpuPart part_of(const PlaceLoad& load, const Device& gpu, const SpeedTarget& target) {
  return {&load, &gpu, card_of(target, gpu), {}};
}

}  // namespace

bool shares_layers(const SpeedTarget& target) {
  return target.gpu_count > 1 && target.split_mode == SplitMode::kTensor;
}

std::vector<GpuPart> gpu_parts(const Workload& workload, const SpeedTarget& target) {
  if (target.gpu_count > 1 && target.split_mode == SplitMode::kRow)
    throw Error(ErrorKind::kUnsupported, "how fast GPUs are that share matrices by rows was never measured");
  std::vector<GpuPart> parts;
  if (are_alike(target)) {
    parts.push_back(part_of(workload.device, gpu_of(target.device, 0), target));
    return parts;
  }
  if (workload.gpus.size() != static_cast<std::size_t>(target.gpu_count))
    throw Error(ErrorKind::kUnsupported, "the work of each GPU of " + target.device.name + " was not counted");
  for (std::size_t i = 0; i < workload.gpus.size(); ++i) {
    if (workload.gpus[i].empty()) continue;
    parts.push_back(part_of(workload.gpus[i], gpu_of(target.device, static_cast<int>(i)), target));
    parts.back().label = " on " + parts.back().gpu->name;
  }
  if (parts.empty()) parts.push_back(part_of(workload.device, gpu_of(target.device, 0), target));
  return parts;
}

std::vector<GpuPart> slowest_part(std::vector<GpuPart> parts, const Columns& columns, const SpeedTarget& target) {
  if (parts.size() == 1) {
    parts[0].card = together(parts[0].card, target.gpu_count);
    return parts;
  }
  const auto time = [&](const GpuPart& part) {
    return pass_time(*part.load, columns, part.card, target.constants).seconds();
  };
  return {*std::max_element(parts.begin(), parts.end(),
                            [&](const GpuPart& a, const GpuPart& b) { return time(a) < time(b); })};
}

}  // namespace lfmfit::speed
