#pragma once

#include <optional>

#include "ask/question.hpp"
#include "lfmfit/plan.hpp"

namespace lfmfit::cli {

/// How to run what `asked` asks on its device: what `lfmfit plan --on DEVICE` prints. A quantization that is left out
/// or open is the plan's to choose. Throws Error.
Plan device_plan(Asked asked, const std::optional<TokenRate>& min_speed, ask::Finder& finder);

/// Throws Error(kBadRequest) for questions that are answered by rules of thumb.
void require_exact(const Question& question);

}  // namespace lfmfit::cli
