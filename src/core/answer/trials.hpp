#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/setting.hpp"

namespace lfmfit {

/// Answers to variations of one question about one model: how it is stored is worked out once for each quantization,
/// and what it computes in as seldom as may be.
class Trials {
 public:
  /// Unset: it is refused, or neither a device nor `available` says what there is.
  std::optional<Estimate> answer(const Question& question);
  /// The same without the speed, which takes as long again.
  std::optional<Estimate> fit_of(Question question);
  /// How many bytes `quantization` of the question's model takes; unset: llama-quantize does not make it.
  std::optional<Bytes> bytes_of(Question question, const Quantization& quantization);

 private:
  const std::vector<Tensor>* stored_of(const Question& question);
  std::map<const Quantization*, std::optional<std::vector<Tensor>>> stored_;
  std::shared_ptr<ComputePlans> plans_ = new_compute_plans();
};

/// A variation of a question.
struct Variation {
  Setting setting;
  Question question;
};

/// `question` with keys and values in `type`, or in the small type that is usual with vLLM or MLX; unset where they are
/// as small already.
std::optional<Variation> with_small_cache(const Question& question, const TensorType* type);

/// `question` to vLLM over more and more of the GPUs that its machine has: 2, 4, 8 and so on. Empty: it has no more, or
/// it is told how to share them.
std::vector<Variation> over_more_gpus(const Question& question);

/// `question` to vLLM, answered by `now`, with fewer requests at once, and with fewer tokens a step: each as far as is
/// hardly slower.
std::vector<Variation> with_smaller_batch(const Question& question, const Estimate& now);

/// `question` with nothing moved to host memory where that was left to be seen.
Question all_on_gpus(Question question);

/// `question` with the experts of as few layers in host memory as fit the GPUs, or where that is not enough or there
/// are none, as few layers; unset where none are to be moved or the GPUs hold not even the rest. What moves may be too
/// much for the host.
std::optional<Variation> placed_by_hand(const Question& question, Trials& trials);

/// The longest context of `question` as it is placed, from `least` to before its own, for which `does` holds; which it
/// must up to some context and not beyond. Unset where it does for none.
std::optional<Tokens> longest_that(const Question& question, Tokens least,
                                   const std::function<bool(const Question&)>& does);

/// The first number from `first` to before `last` that `does`, which must hold from some number on; unset: none does.
std::optional<std::int64_t> first_that(std::int64_t first, std::int64_t last,
                                       const std::function<bool(std::int64_t)>& does);

/// The shortest context that is worth changing to: of each request.
constexpr Tokens kShortestUseful{2048};

}  // namespace lfmfit
