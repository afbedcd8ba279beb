// Which models run on one machine, each at its best quantization: what `lfmfit fits` prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

/// How a model does on a machine, from best to worst.
enum class Running {
  kWell,    ///< wholly on the GPUs, a tenth of the memory to spare, in a quantization that loses little
  kTight,   ///< the same with less to spare
  kAtLoss,  ///< wholly on the GPUs, in a quantization that loses much
  kPartly,  ///< parts of it in host memory
};

/// "well", "tight", "at a loss", "partly".
const char* name_of(Running running);

/// A model on a machine.
struct FittingModel {
  Running running = Running::kWell;
  Question question;  ///< with the quantization that was chosen
  Estimate answer;
};

/// The best that can be made of `question`, whose device counts and whose quantization does not: the largest of
/// `quantizations`, largest first, that runs well; where none does that is tight; where none is, the largest that fits
/// and loses much; else, no larger than the recommended one, the largest that fits with parts in host memory. Only
/// what gives each request `min_speed` counts, and nothing that runs worse than `worst`, which saves looking for it.
/// Unset: nothing fits so, or lfmfit cannot answer.
std::optional<FittingModel> best_running(const Question& question,
                                         const std::vector<const Quantization*>& quantizations,
                                         const std::optional<TokenRate>& min_speed, Running worst = Running::kPartly);

/// The longest context with which `model` lies wholly on the GPUs as it was chosen; where parts lie in host memory, as
/// they are placed.
Tokens longest_of(const FittingModel& model);

/// The class of sizes that `model` is of: sizes that differ by less than half a doubling mostly share one.
std::int64_t size_class(const Model& model);

/// Better first: how it runs; then the class of size; among equals the newest,
/// then the faster, then by id.
bool ranks_before(const FittingModel& a, const FittingModel& b);

}  // namespace lfmfit
