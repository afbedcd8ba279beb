#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/local_model.hpp"

namespace lfmfit {

/// EnvironmentVariables variables by name; only those below are looked at. The caller passes the process's own.
using EnvironmentVariables = std::map<std::string, std::string>;

/// The variables that say where models lie: HOME, XDG_CACHE_HOME, HF_HOME, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE,
/// OLLAMA_MODELS, LLAMA_CACHE.
const std::vector<std::string>& local_model_variables();

/// What the stores of Hugging Face, llama.cpp, Ollama and LM Studio hold, by tool and name. A store that is missing or
/// unreadable holds nothing; at most 100,000 files of each are looked at. Weights themselves are not opened.
std::vector<LocalModel> find_local_models(const EnvironmentVariables& environment);

/// The one of `models` called `name`: exactly, or else the only one whose name contains it, case aside; null: none.
/// Throws Error(kUnknownModel) listing the candidates when several match.
const LocalModel* local_model(const std::vector<LocalModel>& models, std::string_view name);

}  // namespace lfmfit
