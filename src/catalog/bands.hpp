#pragma once

#include <string>

#include "catalog/strict_json.hpp"
#include "lfmfit/vllm.hpp"

namespace lfmfit {

/// The band that `row` has under `key` as [low, value, high], in that order and none of them below 0.
Band read_band_of_three(StrictObject& row, const std::string& key);

}  // namespace lfmfit
