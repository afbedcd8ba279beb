// The constants behind speed.hpp, fitted to measurements by tools/fit_speed. Callers hand them on as they come from the
// catalogue; only who fits them looks inside.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// The parts of a model that launch kernels, each under the name it has in data/speed.json.
enum class LaunchPart {
  kToken,
  kAttention,
  kLatentAttention,
  kShortConvolution,
  kStateSpace,
  kGatedDeltaNet,
  kDenseFeedForward,
  kExperts,
  kSharedExpert,
  kQkNorm,
  kPostNorm,
  kPerLayerEmbedding,
  kAltup,
  kLaurel,
};
constexpr std::size_t kLaunchPartCount = 14;

/// "token", "attention", "short_convolution", ...
const char* name_of(LaunchPart part);

/// Kernels that one occurrence of a part launches for one token, and how many measured rows contain it.
struct LaunchCost {
  double launches = 0;
  int rows = 0;
};

/// A law of time is a sum of five amounts of work, each times one coefficient that depends on the hardware.
constexpr std::size_t kCoefficientCount = 5;
using Coefficients = std::array<double, kCoefficientCount>;

enum class SpeedLawKind { kDecode, kPrefill };

/// Names of the coefficients in data/speed.json, in order.
/// decode: dense_read, expert_read, launch_us, kv_read, compute; prefill: dense_compute, expert_compute, launch_us,
/// read, attention. "read" multiplies bytes / peak bandwidth, "compute" and "attention" operations / peak FP32 rate,
/// and "launch_us" the number of kernels, in microseconds.
const std::array<const char*, kCoefficientCount>& coefficient_names(SpeedLawKind law);

/// Hardware that a row of constants holds for. An empty condition always holds.
struct HardwareMatch {
  std::string generation;
  std::vector<std::string> compute_capabilities;  ///< any of these
  std::string device;                             ///< id of one device (calibrated constants)
};

/// Coefficients for one kind of hardware on one backend. Rows form a tree: what no measurement decides comes from the
/// parent.
struct SpeedRow {
  std::string id;     ///< "cuda/Ada"
  std::string label;  ///< what answers call this hardware: "Ada", "any device"
  std::string backend;
  std::string parent;                   ///< id of the row that measurements of this one start from; empty: none
  std::vector<HardwareMatch> hardware;  ///< any of these; empty: all that uses the backend
  Coefficients prior{};                 ///< start of the fit: absolute without a parent, else factors on the parent's
  bool apart = false;                   ///< too unlike its parent for its measurements to count there
  double sd_factor = 1;                 ///< how much more freely than usual a fit may leave the prior
  int rows = 0;                         ///< measurements behind it
  Coefficients coefficients{};
};

/// Limits of measured / estimated speed that hold 80 % of measurements.
struct SpeedBand {
  std::string backend;          ///< empty: any
  std::optional<bool> experts;  ///< unset: with and without
  double low = 1, high = 1;     ///< of devices that have measurements of their own
  double unmeasured_low = 1, unmeasured_high = 1;
};

/// Measurements of one device on one backend.
struct MeasuredDevice {
  std::string backend;
  std::string device;
  int rows = 0;
  std::string chip;  ///< speed_chip of that device; empty: not known
};

/// The constants of one law, and what a fit of it needs.
struct SpeedLaw {
  std::vector<SpeedRow> rows;  ///< of the rows that match a device, the last one holds
  std::vector<MeasuredDevice> measured_devices;
  std::vector<SpeedBand> bands;  ///< the first that matches holds
  double noise = 0.1;            ///< relative spread of measurements under equal conditions
  Coefficients relative_sd{};    ///< how far a coefficient usually lies from its parent's
  Coefficients lower_bound{};
};

/// Work of one multiplication with a weight, by how the weight is stored; 1: eight-bit integers.
struct WeightWork {
  const TensorType* type = nullptr;
  double work = 1;
};

/// Experts of a type that a backend reads more slowly than others.
struct ExpertReadFactor {
  std::string backend;
  const TensorType* type = nullptr;
  double factor = 1;
};

/// Figures that no measurement of ours stands behind; each answer that uses one says so.
struct SpeedAssumptions {
  Bandwidth host_bandwidth;            ///< of the memory beside a discrete card
  Bandwidth pcie_bandwidth;            ///< of copies between host memory and a card
  Seconds host_sync;                   ///< one crossing between CPU and GPU
  Seconds gpu_sync;                    ///< one exchange between GPUs that share a layer
  Seconds gpu_hop;                     ///< handing a token to the next GPU that holds layers
  double operations_per_byte = 0;      ///< FP32 rate of a GPU whose rate is not known, per byte/s of bandwidth
  double cpu_operations_per_byte = 0;  ///< the same for CPUs, always
  double low = 1, high = 1;  ///< band of estimates that rest on one of the above, or on an unmeasured way of running
};

/// Everything of data/speed.json.
struct SpeedConstants {
  std::array<LaunchCost, kLaunchPartCount> launches{};
  std::vector<WeightWork> weight_work;
  std::vector<ExpertReadFactor> expert_read_factors;
  SpeedLaw decode, prefill;
  std::int64_t prefill_tokens = 512;  ///< of a usual micro-batch, whose kernels serve several requests too
  SpeedAssumptions assumptions;
};

/// The row of `law` for `device` on `backend`: the last that matches. Throws Error(kUnsupported) when the backend has
/// none.
const SpeedRow& speed_row(const SpeedLaw& law, const std::string& backend, const Device& device);

/// The band of `law` for a backend and a model with or without experts. Throws Error(kUnsupported) when there is none.
const SpeedBand& speed_band(const SpeedLaw& law, const std::string& backend, bool experts);

/// What decides how fast one GPU of `device` is, as one text: equal for devices that differ in nothing but the size of
/// their memory, and for a server and its GPU.
std::string speed_chip(const Device& device);

/// Measurements of `device`, or of another one with the same chip, on `backend` behind `law`.
int measured_rows(const SpeedLaw& law, const std::string& backend, const Device& device);

}  // namespace lfmfit
