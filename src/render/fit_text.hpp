#pragma once

#include <string>

#include "lfmfit/estimate.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// The answer to "does it fit?" on the question's device, in a line or two.
std::string fit_text(const Question& question, const Estimate& estimate, const Terminal& terminal);

}  // namespace lfmfit::render
