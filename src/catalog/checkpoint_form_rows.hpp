#pragma once

#include <string_view>
#include <vector>

#include "catalog/quantization_rows.hpp"
#include "lfmfit/vllm.hpp"

namespace lfmfit {

/// The rows of data/checkpoint_forms.json, in the file's order. Throws Error(kBadFile) naming `path`, row and key.
std::vector<CheckpointForm> read_checkpoint_forms(std::string_view path, std::string_view text,
                                                  const TensorTypeByName& lookup);

}  // namespace lfmfit
