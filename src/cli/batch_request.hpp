#pragma once

#include <nlohmann/json.hpp>

#include "cli/model_finder.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit::cli {

/// The question that the JSON object `json` asks (keys and defaults: the README's section on batch). A key whose value
/// is null counts as absent. Throws Error for names that the catalogue does not know, and Error(kBadRequest) for keys
/// that are unknown, missing or of the wrong type.
Question read_batch_request(const nlohmann::ordered_json& json, const Catalog& catalog, ModelFinder& models);

}  // namespace lfmfit::cli
