#include "ask/enough.hpp"

#include <fmt/format.h>

#include "core/base/limits.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

std::optional<int> gpus_enough(const Question& question, const Device& device, const Backend& backend, Finder& finder) {
  const bool is_one_kind = device.parts.empty() && device.asked_as.empty() && device.gpus == 1;
  if (device.device_class != DeviceClass::kGpu || !is_one_kind) return std::nullopt;
  const std::string& name = device.name.find('=') != std::string::npos ? device.name : device.id;  // as described
  for (int count = 2; count <= kMaxGpus; ++count) {
    Question several = question;
    several.device = &finder.devices.find(fmt::format("{}x {}", count, name));
    several.backend = &backend;
    const auto answer = unless_refused([&] { return estimate(several); });
    if (!answer || !answer->fit) return std::nullopt;
    if (answer->fit->verdict < Verdict::kPartial) return count;
  }
  return std::nullopt;
}

}  // namespace lfmfit::ask
