#pragma once

#include <string_view>

#include "readers/load_log.hpp"

namespace lfmfit {

/// Takes what one line of llama.cpp's or Ollama's log says.
void take_llama_line(std::string_view line, LoadLog& log);

/// Takes what one line of vLLM's log says.
void take_vllm_line(std::string_view line, LoadLog& log);

}  // namespace lfmfit
