#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// EnvironmentVariables variables by name; only those below are looked at. The caller passes the process's own.
using EnvironmentVariables = std::map<std::string, std::string>;

/// The variables that say where models lie: HOME, XDG_CACHE_HOME, HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE,
/// OLLAMA_MODELS, LLAMA_CACHE.
const std::vector<std::string>& local_model_variables();

/// A model that lies on this machine.
struct LocalModel {
  std::string name;    ///< as its tool calls it: "LiquidAI/LFM2-1.2B", "LiquidAI/LFM2-1.2B-GGUF/LFM2-1.2B-Q4_K_M.gguf", "qwen3:8b"
  std::string path;    ///< what to read: a GGUF file (the first piece of a split one) or a folder with a config.json
  std::string tool;    ///< "Hugging Face", "Ollama", "LM Studio", "llama.cpp"
  std::string format;  ///< "GGUF" or "safetensors"
  Bytes bytes;         ///< all of its files of weights; what of them is there
  std::string mmproj;  ///< path of the vision or audio part that lies beside it, or empty
};

/// What the stores of Hugging Face, llama.cpp, Ollama and LM Studio hold, by tool and name. A store that is missing or
/// unreadable holds nothing; at most 100,000 files of each are looked at. Weights themselves are not opened.
std::vector<LocalModel> find_local_models(const EnvironmentVariables& environment);

/// The one of `models` called `name`: exactly, or else the only one whose name contains it, case aside; null: none.
/// Throws Error(kUnknownModel) listing the candidates when several match.
const LocalModel* local_model(const std::vector<LocalModel>& models, std::string_view name);

}  // namespace lfmfit
