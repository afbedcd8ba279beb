#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lfmfit/asked.hpp"

namespace lfmfit::ask {

constexpr std::string_view kLlamaCpp = "llama.cpp", kVllm = "vllm", kMlx = "mlx";

/// The runtime that words name, and its version as it was written; empty: the newest that is known.
struct RuntimeWords {
  std::string name;
  std::string version;
};

/// What "vllm", "vllm@0.30", "vllm 0.30", "mlx" or "llama.cpp" means; nothing asked is llama.cpp. Throws Error(kBadRequest)
/// naming the runtimes for others.
RuntimeWords parse_runtime(const std::optional<std::string>& asked);

/// Throws Error(kBadRequest) where `asked` has a field of another runtime than `runtime`, naming what stands for it.
void require_fields_of(std::string_view runtime, const Asked& asked);

}  // namespace lfmfit::ask
