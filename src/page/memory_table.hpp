#pragma once

#include <vector>

#include "lfmfit/model_page.hpp"

namespace lfmfit {

/// The question that `question` becomes in a state of `choices`.
Question in_state(const Question& question, const PageChoices& choices, std::size_t quantization, std::size_t context,
                  std::size_t cache, std::size_t slot);

/// The driver's share of `question` on `device` (null: none in particular). Throws Error(kUnsupported) where nothing is
/// known of it.
PageDriver page_driver(const Question& question, const Backend& backend, const Device* device);

/// The memory of every state on `backend`, shared by `gpus` GPUs like each other; `stored` are the tensors of each
/// quantization. Unset where no state can be answered for. Throws std::logic_error where memory is no sum of the
/// tables' parts, which would be an error of ours.
std::optional<PageBackend> memory_table(const Question& question, const PageChoices& choices,
                                        const std::vector<std::vector<Tensor>>& stored, const Backend& backend,
                                        int gpus);

}  // namespace lfmfit
