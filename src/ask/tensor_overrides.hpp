#pragma once

#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit::ask {

/// What `texts`, values of llama.cpp's --override-tensor, mean for `model`: each is one "PATTERN=BUFFER" or several
/// with commas between them, of all of which the first that is found in a tensor's name says where it lies. BUFFER is
/// CPU or what `backend` calls a GPU, CUDA0. Throws Error(kBadRequest) for what llama.cpp would not take, and for
/// patterns that are too long or repeat too much to be searched for in no time.
std::vector<TensorOverride> parse_overrides(const std::vector<std::string>& texts, const Model& model,
                                            const Backend& backend);

}  // namespace lfmfit::ask
