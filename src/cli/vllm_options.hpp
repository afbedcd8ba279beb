#pragma once

#include "lfmfit/asked.hpp"

namespace lfmfit::cli {

class CommandLine;

/// --runtime, and vLLM's options under their own names.
void add_vllm_options(CommandLine& line, Asked& asked);

}  // namespace lfmfit::cli
