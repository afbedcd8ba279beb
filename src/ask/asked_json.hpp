#pragma once

#include <nlohmann/json.hpp>

#include "lfmfit/asked.hpp"

namespace lfmfit::ask {

/// What the JSON object `json` asks (keys and defaults: the README's section on batch). A key whose value is null
/// counts as absent, and so do those of command lines, which are read before. Throws Error(kBadRequest) for keys that
/// are unknown or of the wrong type, and without a model.
Asked read_asked(const nlohmann::ordered_json& json);

/// The same where something else may say which model.
Asked read_settings(const nlohmann::ordered_json& json);

}  // namespace lfmfit::ask
