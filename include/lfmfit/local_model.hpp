// A model that a tool has put on this machine.
#pragma once

#include <string>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// A model that lies on this machine, in the store of a tool that put it there.
struct LocalModel {
  std::string name;    ///< as its tool calls it: "LiquidAI/LFM2-1.2B", "LiquidAI/LFM2-1.2B-GGUF/LFM2-1.2B-Q4_K_M.gguf",
                       ///< "qwen3:8b"
  std::string path;    ///< what to read: a GGUF file (the first piece of a split one) or a folder with a config.json
  std::string tool;    ///< "Hugging Face", "Ollama", "LM Studio", "llama.cpp"
  std::string format;  ///< "GGUF" or "safetensors"
  Bytes bytes;         ///< all of its files of weights; what of them is there
  std::string mmproj;  ///< path of the vision or audio part that lies beside it, or empty
};

}  // namespace lfmfit
