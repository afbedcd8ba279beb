#pragma once

#include <cstdint>

namespace lfmfit {

/// Tokens that a context may have: far above any model, low enough that sizes computed from it fit 63 bits.
constexpr std::int64_t kMaxContext = std::int64_t{1} << 31;

/// GPUs of one machine that a question may ask about.
constexpr int kMaxGpus = 64;

/// Layers that llama.cpp loads (LLAMA_MAX_LAYERS).
constexpr std::int64_t kMaxLayers = 512;

}  // namespace lfmfit
