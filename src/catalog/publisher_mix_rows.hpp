#pragma once

#include <string_view>
#include <vector>

#include "catalog/quantization_rules.hpp"
#include "lfmfit/publisher_mix.hpp"

namespace lfmfit {

/// What data/publisher_mixes.json says, in the file's order. `plain` are llama-quantize's file types, which mixes are
/// made from. Throws Error(kBadFile) naming `path`, row and key.
PublisherMixes read_publisher_mixes(std::string_view path, std::string_view text, const TensorTypeByName& lookup,
                                    const std::vector<Quantization>& plain);

}  // namespace lfmfit
