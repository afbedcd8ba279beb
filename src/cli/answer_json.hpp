#pragma once

#include "ask/question.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

/// The answer to one request (line_answers.hpp), for who asks no more than that.
render::Json answer_json(const std::string& text, ask::Finder& finder);

}  // namespace lfmfit::cli
