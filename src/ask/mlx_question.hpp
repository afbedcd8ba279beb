#pragma once

#include <string>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// The question to MLX that `asked` means; `version` as "2026-08", empty for the one that is known. Throws like
/// question_of.
Question mlx_question(const Asked& asked, const std::string& version, Finder& finder);

}  // namespace lfmfit::ask
