#include "cli/remedy_means.hpp"

#include <algorithm>

#include "ask/candidates.hpp"
#include "ask/quantization_choice.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kSmallCache = "q8_0";
constexpr std::size_t kMostRemedies = 2;

/// vLLM's answer names the options that make it start, where there are any.
bool tells_changes(const Estimate& answer) {
  return answer.vllm && std::any_of(answer.vllm->changes.begin(), answer.vllm->changes.end(),
                                    [](const VllmChange& change) { return change.starts; });
}

}  // namespace

RemedyMeans remedy_means(const Question& question, const Asked& asked, ask::Finder& finder) {
  RemedyMeans means;
  means.quantizations = ask::quantizations_for(question, asked.model, finder);
  means.cache_type = &finder.catalog.tensor_type(kSmallCache);
  means.devices = ask::driven_devices(finder.catalog, asked.backend ? question.backend : nullptr);
  return means;
}

std::vector<Remedy> cheapest_remedies(const Question& question, const Estimate& answer, const Asked& asked,
                                      ask::Finder& finder) {
  if (!answer.fit || fits(*answer.fit) || tells_changes(answer)) return {};
  return remedies_of(question, answer, remedy_means(question, asked, finder), kMostRemedies);
}

}  // namespace lfmfit::cli
