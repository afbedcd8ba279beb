#include "lfmfit/speed_constants.hpp"

#include <algorithm>

#include "core/speed/measured_like.hpp"
#include "lfmfit/block.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

bool matches(const HardwareMatch& match, const Device& device) {
  if (!match.generation.empty() && match.generation != device.generation) return false;
  if (!match.device.empty() && match.device != device.id) return false;
  if (!match.chip.empty() && match.chip != device.chip) return false;
  if (!match.gfx.empty() && device.gfx.rfind(match.gfx, 0) != 0) return false;
  const auto& capabilities = match.compute_capabilities;
  return capabilities.empty() ||
         std::find(capabilities.begin(), capabilities.end(), device.compute_capability) != capabilities.end();
}

bool matches(const SpeedRow& row, const std::string& backend, const Device& device) {
  if (row.backend != backend) return false;
  return row.hardware.empty() || std::any_of(row.hardware.begin(), row.hardware.end(),
                                             [&](const HardwareMatch& match) { return matches(match, device); });
}

constexpr std::array<const char*, kCoefficientCount> kCoefficientNames{"dense_read",        "expert_read",
                                                                       "float_read",        "vector_start",
                                                                       "vector_column",     "vector_plain",
                                                                       "vector_six",        "vector_low",
                                                                       "vector_float",      "vector_us",
                                                                       "tile_start",        "tile_column",
                                                                       "tile_minima",       "tile_sixteen",
                                                                       "tile_experts",      "tile_fp4",
                                                                       "tile_fill",         "tile_rereads",
                                                                       "small_batch",       "small_batch_k",
                                                                       "small_batch_float", "float_work",
                                                                       "bf16_work",         "bf16_expert_read",
                                                                       "f32_work",          "launch_us",
                                                                       "launch_core_us",    "step_us",
                                                                       "token_us",          "embedding_ns",
                                                                       "slow_embedding_ns", "mask_ns",
                                                                       "logits_ns",         "cache_read",
                                                                       "attention_heads",   "attention_quantized",
                                                                       "attention_batch",   "attention_prompt",
                                                                       "attention_part_us", "latent_us",
                                                                       "attention_plain",   "state_read",
                                                                       "state_space",       "delta_net",
                                                                       "activation",        "thread"};

}  // namespace

const char* name_of(Coefficient coefficient) { return kCoefficientNames[static_cast<std::size_t>(coefficient)]; }

const char* name_of(SpeedQuestion question) {
  switch (question) {
    case SpeedQuestion::kPrefill: return "prefill";
    case SpeedQuestion::kThroughput: return "throughput";
    case SpeedQuestion::kDecode: break;
  }
  return "decode";
}

const char* name_of(LaunchPart part) {
  switch (part) {
    case LaunchPart::kToken: return "token";
    case LaunchPart::kAttention: return Attention::kName;
    case LaunchPart::kQkNorm: return "qk_norm";
    case LaunchPart::kAttentionBias: return "attention_bias";
    case LaunchPart::kScaledQueries: return "scaled_queries";
    case LaunchPart::kSinksOrNoRope: return "sinks_or_no_rope";
    case LaunchPart::kOutputGate: return "output_gate";
    case LaunchPart::kPlainAttention: return "plain_attention";
    case LaunchPart::kLatentAttention: return LatentAttention::kName;
    case LaunchPart::kCompressedQueries: return "compressed_queries";
    case LaunchPart::kShortConvolution: return ShortConvolution::kName;
    case LaunchPart::kStateSpace: return StateSpace::kName;
    case LaunchPart::kStateSpace1: return "state_space_1";
    case LaunchPart::kGatedDeltaNet: return GatedDeltaNet::kName;
    case LaunchPart::kDenseFeedForward: return "dense_feed_forward";
    case LaunchPart::kExperts: return MixtureOfExperts::kName;
    case LaunchPart::kExpertBias: return "expert_bias";
    case LaunchPart::kSharedExpert: return "shared_expert";
    case LaunchPart::kSharedGate: return "shared_gate";
    case LaunchPart::kDenseBesideExperts: return "dense_beside_experts";
    case LaunchPart::kPostNorm: return "post_norm";
    case LaunchPart::kResidualScale: return "residual_scale";
    case LaunchPart::kPerLayerEmbedding: return "per_layer_embedding";
    case LaunchPart::kAltup: return "altup";
    case LaunchPart::kLaurel: return "laurel";
  }
  return "";
}

void resolve(std::vector<SpeedRow>& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    SpeedRow& row = rows[i];
    const auto parent =
        std::find_if(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const SpeedRow& other) { return !row.parent.empty() && other.id == row.parent; });
    const bool is_root = parent == rows.begin() + static_cast<std::ptrdiff_t>(i);
    for (std::size_t c = 0; c < kCoefficientCount; ++c)
      row.coefficients[c] = is_root ? row.factors[c] : parent->coefficients[c] * row.factors[c];
    if (is_root) continue;
    if (!row.own_kernels) row.kernels = parent->kernels;
    for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
      if (!row.own_bands[q]) row.bands[q] = parent->bands[q];
    }
    if (row.note.empty()) row.note = parent->note;
  }
}

const SpeedRow& speed_row(const SpeedConstants& constants, const std::string& backend, const Device& device) {
  const auto found = std::find_if(constants.rows.rbegin(), constants.rows.rend(),
                                  [&](const SpeedRow& row) { return matches(row, backend, device); });
  if (found == constants.rows.rend()) {
    throw Error(ErrorKind::kUnsupported,
                "no speed is known for backend " + backend + "; add a row to speed.json or name another backend");
  }
  return *found;
}

std::string speed_chip(const Device& device) {
  std::string chip;
  chip.reserve(128);
  for (const std::string* word :
       {&device.vendor, &device.generation, &device.chip, &device.compute_capability, &device.gfx})
    chip.append(*word).push_back('|');
  // compared for each device of a report, so rates are told apart by their bits: printing them takes longer
  for (const double number :
       {static_cast<double>(device.gpu_cores), device.bandwidth.value(), device.fp32.value(), device.fp16.value()})
    chip.append(reinterpret_cast<const char*>(&number), sizeof number);
  return chip;
}

double remainder_of(const SpeedConstants& constants, const std::string& backend, const Device& device, bool prompt) {
  const MeasuredDevice* measured = speed::measured_like(constants, backend, device);
  if (measured == nullptr) return 1;
  return prompt ? measured->prefill : measured->decode;
}

int measured_rows(const SpeedConstants& constants, SpeedQuestion question, const std::string& backend,
                  const Device& device) {
  const std::string chip = speed_chip(device);
  int rows = 0;
  for (const MeasuredDevice& measured : constants.measured_devices) {
    if ((measured.device == device.id || measured.chip == chip) && measured.backend == backend)
      rows += measured.rows[static_cast<std::size_t>(question)];
  }
  return rows;
}

}  // namespace lfmfit
