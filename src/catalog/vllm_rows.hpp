#pragma once

#include <string_view>

#include "lfmfit/vllm.hpp"

namespace lfmfit {

/// What data/vllm.json says. Throws Error(kBadFile) naming `path`, row and key.
VllmFacts read_vllm_facts(std::string_view path, std::string_view text);

}  // namespace lfmfit
