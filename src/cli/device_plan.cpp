#include "cli/device_plan.hpp"

#include <algorithm>
#include <vector>

#include "ask/quantization_choice.hpp"
#include "cli/remedy_means.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

void require_exact(const Question& question) {
  if (law_of(question).tells_bands) return;
  throw Error(ErrorKind::kBadRequest, "a plan is of what a runtime allocates; leave out --method");
}

Plan device_plan(Asked asked, const std::optional<TokenRate>& min_speed, ask::Finder& finder) {
  if (!asked.device) throw Error(ErrorKind::kBadRequest, "a plan is of a device; name one with --on");
  const bool is_open = !asked.quantization || ask::leaves_quantization(asked);
  if (is_open) asked.quantization.reset();
  Question question = ask::with_usual_context(ask::question_of(asked, finder));
  require_exact(question);
  PlanMeans means{remedy_means(question, asked, finder), is_open};
  const std::vector<const Quantization*>& choice = means.remedies.quantizations;
  const bool is_choice = std::find(choice.begin(), choice.end(), question.quantization) != choice.end();
  if (is_open && !is_choice) question.quantization = choice.front();  // published in fewer bits than are usual
  means.remedies.min_speed = min_speed;
  if (asked.kv_type_k || asked.kv_type_v) means.remedies.cache_type = nullptr;  // as it was asked for
  return make_plan(question, means);
}

}  // namespace lfmfit::cli
