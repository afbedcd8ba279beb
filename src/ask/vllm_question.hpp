#pragma once

#include <string>
#include <string_view>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// The question to vLLM that `asked` means; `version` as "0.30", empty for the newest that is known. Throws like
/// question_of.
Question vllm_question(const Asked& asked, const std::string& version, Finder& finder);

/// The release that `name` is of, "0.28" and "0.28.1" the row "0.28"; null: none that is known.
const VllmVersion* find_version(const VllmFacts& facts, std::string_view name);

}  // namespace lfmfit::ask
