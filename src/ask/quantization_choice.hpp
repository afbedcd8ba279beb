#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// Words in place of a quantization: the best that fits. Both mean the same.
constexpr const char* kBestQuantization = "best";
constexpr const char* kFittingQuantization = "fit";

/// The quantization of `found` where nobody names one: Q4_K_M, or the form in which the model is published where that
/// is smaller.
std::string usual_quantization(const ModelFinder::Found& found, const Catalog& catalog);

/// Whether `asked` leaves the quantization to what fits.
bool leaves_quantization(const Asked& asked);

/// What there is to choose from for `question`, largest first: the usual quantizations, of its publisher where the name
/// `model` says one, and its own; for vLLM the forms of checkpoints. A file is stored in one way; of a model that is
/// published in fewer bits than 16, nothing larger than that is worth having.
std::vector<const Quantization*> quantizations_for(const Question& question, const std::optional<std::string>& model,
                                                   Finder& finder);

/// `asked` with the quantization that best_quantization() takes in place of the word; as it is where it has none. A
/// context that is left open too is taken as 4,096 tokens for that. Throws Error(kBadRequest) where nothing says what
/// memory there is, and where the model's name says a quantization too.
Asked with_best_quantization(Asked asked, Finder& finder);

/// The same for all of `devices`: the smallest of their best. With none, the memory that `asked` says.
Asked with_best_quantization(const Asked& asked, const std::vector<std::string>& devices, Finder& finder);

/// `question` with a context in tokens: one that is left open, or to be shortened, is taken as the usual one.
Question with_usual_context(Question question);

}  // namespace lfmfit::ask
