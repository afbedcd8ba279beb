#pragma once

#include <optional>
#include <vector>

#include "ask/question.hpp"
#include "lfmfit/remedy.hpp"

namespace lfmfit::cli {

/// What a question may be answered with instead: `question` was made of `asked`.
RemedyMeans remedy_means(const Question& question, const Asked& asked, ask::Finder& finder);

/// The cheapest changes with which `question` fits, where `answer` says that it does not.
std::vector<Remedy> cheapest_remedies(const Question& question, const Estimate& answer, const Asked& asked,
                                      ask::Finder& finder);

/// What heads them in the answer to a question that does not fit.
constexpr const char* kFitsWith = "it fits, cheapest first, with";

}  // namespace lfmfit::cli
