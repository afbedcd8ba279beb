#include "core/llamacpp/automatic_placement.hpp"

#include <algorithm>

#include "lfmfit/estimate.hpp"

namespace lfmfit {

namespace {

/// The least number up to `most` with which `fits`, which is taken to fit more easily the larger it is, and is asked of
/// each neighbour for where that is not quite so. `most` must fit.
template <class Fits>
std::int64_t least_that_fits(std::int64_t most, const Fits& fits) {
  std::int64_t first = 0, last = most;
  while (first < last) {
    const std::int64_t middle = first + (last - first) / 2;
    if (fits(middle)) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  while (last > 0 && fits(last - 1)) --last;
  return last;
}

}  // namespace

Request place_automatically(const Question& question, const Holds& holds) {
  const auto layers = static_cast<std::int64_t>(question.model->blocks.size());
  const bool has_experts =
      std::any_of(question.model->blocks.begin(), question.model->blocks.end(),
                  [](const Block& block) { return std::holds_alternative<MixtureOfExperts>(block.feed_forward); });
  Request request = question.request;
  request.placing = Placing::kGiven;
  const auto with_experts_on_host = [&](std::int64_t count) {
    Request here = request;
    here.n_cpu_moe = count;
    return here;
  };
  if (has_experts && holds(with_experts_on_host(layers)))
    return with_experts_on_host(
        least_that_fits(layers, [&](std::int64_t n) { return holds(with_experts_on_host(n)); }));
  if (has_experts) request.n_cpu_moe = layers;
  const auto with_layers_on_host = [&](std::int64_t count) {
    Request here = request;
    here.gpu_layers = layers + 1 - count;
    return here;
  };
  if (!holds(with_layers_on_host(layers + 1))) return question.request;
  return with_layers_on_host(
      least_that_fits(layers + 1, [&](std::int64_t n) { return holds(with_layers_on_host(n)); }));
}

}  // namespace lfmfit
