#pragma once

#include <vector>

#include "core/vllm/settings.hpp"
#include "lfmfit/tensor.hpp"

namespace lfmfit::vllm {

/// The layers of what drafts, which lie on the last stage and keep a cache as the model's do: of mtp and eagle one like
/// the model's own. Empty: nothing drafts, or by words alone. Throws Error(kUnsupported) where no layer is like it.
std::vector<Block> drafting_blocks(const Model& model, const Settings& settings);

/// The tensors of what drafts; of mtp and eagle in so far as they are known: those of a layer, with those that join its
/// inputs. `tensors` are the model's.
std::vector<Tensor> drafting_tensors(const Question& question, const std::vector<Tensor>& tensors,
                                     const Settings& settings);

/// Why vLLM refuses what drafts; empty: it does not.
std::string refused_draft(const Model& model, const Settings& settings);

}  // namespace lfmfit::vllm
