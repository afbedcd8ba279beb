#pragma once

#include <cstdint>
#include <vector>

#include "core/vllm/settings.hpp"

namespace lfmfit::vllm {

/// The stage of the pipeline that each layer lies in: equal parts, and what is left over one each to the stages before
/// the last, from the end.
std::vector<int> stages_of(std::int64_t layers, std::int64_t stages);

/// Why vLLM refuses to share `model` among GPUs as `settings` say; empty: it does not.
std::string refused_sharing(const Model& model, const Settings& settings);

}  // namespace lfmfit::vllm
