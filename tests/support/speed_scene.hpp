#pragma once

#include <vector>

#include "lfmfit/speed.hpp"

namespace test {

/// A model, hardware and constants small enough to compute with by hand: all that is read takes twice as long as at the
/// peak bandwidth, an operation one of the peak rate, a microsecond for each of 10 kernels of a layer, and nothing
/// else takes time. Device 100 GB/s, 1 TFLOP/s.
struct SpeedScene {
  lfmfit::TensorType bytes{};   ///< one byte a weight
  lfmfit::TensorType halves{};  ///< two bytes a weight
  lfmfit::SpeedConstants constants;
  lfmfit::Device device;
  lfmfit::Backend backend;
  lfmfit::Model model;
  lfmfit::Request request;

  SpeedScene();
  SpeedScene(const SpeedScene&) = delete;
  SpeedScene& operator=(const SpeedScene&) = delete;

  /// A constant of the GPU's row.
  double& constant(lfmfit::Coefficient coefficient);
  /// A constant of the CPU's row.
  double& cpu_constant(lfmfit::Coefficient coefficient);
  /// The tensors of `model`, each stored as `bytes`.
  std::vector<lfmfit::Tensor> stored() const;
  lfmfit::Workload workload() const;
  lfmfit::SpeedTarget target() const;
  lfmfit::SpeedEstimate decode() const { return lfmfit::estimate_decode(workload(), target()); }
  lfmfit::SpeedEstimate prefill() const { return lfmfit::estimate_prefill(workload(), target()); }
};

/// Appends a layer of attention (4 heads of 64, 2 of them with keys) and a plain feed-forward part.
void add_attention_layer(lfmfit::Model& model, std::int64_t window = 0);

/// Appends a layer of attention and `used` of `count` experts.
void add_expert_layer(lfmfit::Model& model, std::int64_t count, std::int64_t used);

/// The value of a term in milliseconds; 0 if there is none.
double milliseconds_of(const lfmfit::SpeedEstimate& estimate, const std::string& name);

}  // namespace test
