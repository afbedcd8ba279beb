#pragma once

#include <string>
#include <vector>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// What is known of the model of `question` and of the name it was asked for by, in sentences.
std::vector<std::string> notes_about(const Question& question);

/// What the answer to `question`, whose request is settled, should say besides its figures: a context that the model
/// cannot use or was not trained for, host memory that nobody said the size of, what was placed automatically.
std::vector<std::string> warnings_about(const Question& question, const Estimate& answer);

}  // namespace lfmfit
