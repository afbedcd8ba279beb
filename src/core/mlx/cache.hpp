#pragma once

#include <string>

#include "lfmfit/estimate.hpp"

namespace lfmfit::mlx {

/// What mlx-lm keeps of a conversation of `question.request.context` tokens.
struct Cache {
  Bytes tokens;        ///< of all layers' keys and values
  Bytes widest_layer;  ///< is there twice while it grows
  Bytes states;        ///< of convolutions and recurrences, whatever the length
  std::string formula;
};

/// Throws Error(kBadRequest) for sizes that MLX has not, Error(kUnsupported) for what mlx-lm cannot do with the model.
Cache cache_of(const Question& question);

}  // namespace lfmfit::mlx
