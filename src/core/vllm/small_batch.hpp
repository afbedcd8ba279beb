// What is tried where memory is short: batches that are hardly slower, and the least that is of use.
#pragma once

#include <cstdint>

namespace lfmfit::vllm {

constexpr std::int64_t kFewRequests = 128, kFewTokens = 2048;
constexpr std::int64_t kFewestRequests = 16;

}  // namespace lfmfit::vllm
