#pragma once

#include "lfmfit/law.hpp"

namespace lfmfit {

/// The rule of thumb of calculator sites (rule_of_thumb.hpp): a speed without a band, none for prompts.
extern const Law kRuleOfThumbLaw;

}  // namespace lfmfit
