#pragma once

#include "ask/question.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

/// The answer to the request `json` (the README's section on batch), or {"error": ...}, with the request's id. It
/// throws nothing that a request can cause.
render::Json answer_json(const render::Json& json, ask::Finder& finder);

/// The same of a text that should be JSON.
render::Json answer_json(const std::string& text, ask::Finder& finder);

}  // namespace lfmfit::cli
