#pragma once

#include <string>

#include "render/json.hpp"

namespace lfmfit::cli {

/// What --version prints: the version, the llama.cpp whose rules are followed, the state of the catalogue.
std::string version_text();

/// The state of the catalogue that is built in: {"date": ..., "hash": ...}.
render::Json catalog_json();

}  // namespace lfmfit::cli
