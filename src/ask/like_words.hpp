#pragma once

#include <string>
#include <vector>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// `asked` with what the program that it is to be like reads from the environment: Ollama's slots, context, flash
/// attention and type of cache, as far as `asked` leaves them open. Throws Error(kBadRequest) naming a variable that
/// makes no sense.
Asked with_environment(Asked asked, const EnvironmentVariables& variables);

/// The variables that with_environment looks at.
std::vector<std::string> ollama_variables();

/// Sets slots, context and placing as the program `asked.like` ("server", "ollama") takes them in place of what `asked`
/// leaves open. Model and device of `question` must be there. Throws Error(kBadRequest) for other programs.
void set_like(const Asked& asked, Question& question);

}  // namespace lfmfit::ask
