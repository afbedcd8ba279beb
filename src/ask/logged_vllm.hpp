#pragma once

#include "ask/logged_question.hpp"

namespace lfmfit::ask {

/// What vLLM's `log` tells; `base` comes before it. Throws like logged_question().
LoggedQuestion logged_vllm(const VllmLog& log, const Asked& base, Finder& finder);

}  // namespace lfmfit::ask
