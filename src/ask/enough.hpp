#pragma once

#include <optional>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// The least number of GPUs like `device` that hold all of `question`'s model between them. Unset: `device` is none
/// that a machine may have several of, or nobody knows.
std::optional<int> gpus_enough(const Question& question, const Device& device, const Backend& backend, Finder& finder);

}  // namespace lfmfit::ask
