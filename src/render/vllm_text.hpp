#pragma once

#include <string>

#include "lfmfit/estimate.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// What would give it more cache, or make it start: "more cache with: --max-num-seqs 128 (3.90 GiB of cache more)".
/// Empty: nothing that is tried.
std::string vllm_changes_text(const VllmAnswer& log);

/// Whether vLLM starts on the question's device, what its log says of the cache, and what would give it more.
std::string vllm_fit_text(const Question& question, const Estimate& estimate, const Terminal& terminal);

/// "vLLM 0.30 on CUDA, up to 1,024 requests and 8,192 tokens a step, fp8 cache": what the memory is for.
std::string vllm_scene_text(const Question& question);

/// Why the figure before it is no certain one.
std::string vllm_bounds_text(const Estimate& estimate);

/// What "needs" and tokens per second mean in tables of devices.
std::string vllm_units_text(const Estimate& estimate);

}  // namespace lfmfit::render
