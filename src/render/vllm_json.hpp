#pragma once

#include "render/json.hpp"

namespace lfmfit::render {

/// What vLLM allocates on each GPU.
Json vllm_memory_json(const Estimate& estimate);

/// What vLLM's log says of its cache, whether it starts, and what would give it more.
Json vllm_json(const VllmAnswer& answer);

}  // namespace lfmfit::render
