#pragma once

#include <string>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// The question to vLLM that `asked` means; `version` as "0.30", empty for the newest that is known. Throws like
/// question_of.
Question vllm_question(const Asked& asked, const std::string& version, Finder& finder);

}  // namespace lfmfit::ask
