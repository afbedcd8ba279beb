#pragma once

#include <string>

#include "lfmfit/estimate.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// The answer on the question's device, then every term of its memory and time with formula and source. Times have
/// terms where the question asked to explain.
std::string explain_text(const Question& question, const Estimate& estimate, const Terminal& terminal);

}  // namespace lfmfit::render
