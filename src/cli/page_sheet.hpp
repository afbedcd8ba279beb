#pragma once

#include <string>
#include <vector>

#include "ask/question.hpp"

namespace lfmfit::cli {

/// The page about the model of `asked` on vLLM or MLX, which is the runtime that it names: what `lfmfit check` answers
/// in every state of a few choices on every device that the runtime knows. `said` are the options that were typed
/// beside the state. Throws Error where the question itself cannot be answered.
std::string sheet_html(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder);

}  // namespace lfmfit::cli
