#pragma once

#include <vector>

#include "lfmfit/speed.hpp"

namespace lfmfit {

/// What of a model lies on the host rather than on the device, by layer.
struct HostParts {
  std::vector<bool> layers, caches, experts;  ///< experts: those of layers on the host too
  bool output = false;
};

/// Where llama.cpp puts the parts of `model`. Without a GPU the CPU is the device, and nothing is on a host besides it.
HostParts host_parts(const Model& model, const Request& request, bool cpu_backend);

/// Adds the weights of `tensors` that lie on the host, or those that do not, to `place`.
void add_weights(const Model& model, const std::vector<Tensor>& tensors, const HostParts& parts, bool on_host,
                 const SpeedConstants& constants, PlaceLoad& place);

}  // namespace lfmfit
