#pragma once

#include <vector>

#include "lfmfit/speed.hpp"

namespace lfmfit {

/// Adds the weights of `tensors` that lie on the host, or those that do not, to `place`.
void add_weights(const Model& model, const std::vector<Tensor>& tensors, const Request& request, bool on_host,
                 const SpeedConstants& constants, PlaceLoad& place);

/// Whether the cache and the mixer of `layer` (the output layer: the number of layers) lie on the host.
bool layer_on_host(const Model& model, const Request& request, std::int64_t layer);

/// Whether the experts of `layer` lie on the host.
bool experts_on_host(const Model& model, const Request& request, std::int64_t layer);

}  // namespace lfmfit
