#pragma once

#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit {

/// Throws Error(kBadRequest) where llama.cpp v0.5.0 refuses to keep keys as `type_k` and values as `type_v`
/// (llama_init_from_model): values quantized without flash attention, two types where a model reads values from its
/// keys, and blocks of a type that do not divide a head.
void require_cache_types(const Model& model, const Request& request, const TensorType& type_k,
                         const TensorType& type_v);

}  // namespace lfmfit
