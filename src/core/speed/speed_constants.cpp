#include "lfmfit/speed_constants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "lfmfit/block.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

bool matches(const HardwareMatch& match, const Device& device) {
  if (!match.generation.empty() && match.generation != device.generation) return false;
  if (!match.device.empty() && match.device != device.id) return false;
  const auto& capabilities = match.compute_capabilities;
  return capabilities.empty() ||
         std::find(capabilities.begin(), capabilities.end(), device.compute_capability) != capabilities.end();
}

bool matches(const SpeedRow& row, const std::string& backend, const Device& device) {
  if (row.backend != backend) return false;
  return row.hardware.empty() || std::any_of(row.hardware.begin(), row.hardware.end(),
                                             [&](const HardwareMatch& match) { return matches(match, device); });
}

}  // namespace

const char* name_of(LaunchPart part) {
  switch (part) {
    case LaunchPart::kToken: return "token";
    case LaunchPart::kAttention: return Attention::kName;
    case LaunchPart::kLatentAttention: return LatentAttention::kName;
    case LaunchPart::kShortConvolution: return ShortConvolution::kName;
    case LaunchPart::kStateSpace: return StateSpace::kName;
    case LaunchPart::kGatedDeltaNet: return GatedDeltaNet::kName;
    case LaunchPart::kDenseFeedForward: return "dense_feed_forward";
    case LaunchPart::kExperts: return MixtureOfExperts::kName;
    case LaunchPart::kSharedExpert: return "shared_expert";
    case LaunchPart::kQkNorm: return "qk_norm";
    case LaunchPart::kPostNorm: return "post_norm";
    case LaunchPart::kPerLayerEmbedding: return "per_layer_embedding";
    case LaunchPart::kAltup: return "altup";
    case LaunchPart::kLaurel: return "laurel";
  }
  return "";
}

const std::array<const char*, kCoefficientCount>& coefficient_names(SpeedLawKind law) {
  static constexpr std::array<const char*, kCoefficientCount> kDecode{"dense_read", "expert_read", "launch_us",
                                                                      "kv_read", "compute"};
  static constexpr std::array<const char*, kCoefficientCount> kPrefill{"dense_compute", "expert_compute", "launch_us",
                                                                       "read", "attention"};
  return law == SpeedLawKind::kDecode ? kDecode : kPrefill;
}

const SpeedRow& speed_row(const SpeedLaw& law, const std::string& backend, const Device& device) {
  const auto found = std::find_if(law.rows.rbegin(), law.rows.rend(),
                                  [&](const SpeedRow& row) { return matches(row, backend, device); });
  if (found == law.rows.rend()) {
    throw Error(ErrorKind::kUnsupported,
                "no speed is known for backend " + backend + "; add a row to speed.json or name another backend");
  }
  return *found;
}

const SpeedBand& speed_band(const SpeedLaw& law, const std::string& backend, bool experts) {
  const auto found = std::find_if(law.bands.begin(), law.bands.end(), [&](const SpeedBand& band) {
    return (band.backend.empty() || band.backend == backend) && band.experts.value_or(experts) == experts;
  });
  if (found == law.bands.end()) throw Error(ErrorKind::kUnsupported, "speed.json has no band for backend " + backend);
  return *found;
}

std::string speed_chip(const Device& device) {
  const auto& capability = device.compute_capability;
  return fmt::format("{}|{}|{}|{}|{}|{}|{:g}|{:g}|{:g}", device.vendor, device.generation, device.chip,
                     device.gpu_cores, capability, device.gfx, device.bandwidth.value(), device.fp32.value(),
                     device.fp16.value());
}

int measured_rows(const SpeedLaw& law, const std::string& backend, const Device& device) {
  const std::string chip = speed_chip(device);
  int rows = 0;
  for (const MeasuredDevice& measured : law.measured_devices) {
    if (measured.backend == backend && (measured.device == device.id || measured.chip == chip)) rows += measured.rows;
  }
  return rows;
}

}  // namespace lfmfit
