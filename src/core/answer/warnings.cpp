#include "core/answer/warnings.hpp"

#include <fmt/format.h>

#include "core/base/number_text.hpp"

namespace lfmfit {

namespace {

/// Empty: nothing to say.
std::string about_context(const Question& question) {
  const Model& model = *question.model;
  const Tokens each = tokens_of_each(question.request);
  if (each > model.context_limit) {
    return fmt::format("A context of {} tokens is more than this model can use: its configuration ends at {}.",
                       grouped(each.count()), grouped(model.context_limit.count()));
  }
  if (each > model.context_train) {
    return fmt::format(
        "Its publisher states a context of {} tokens; up to {} the configuration allows it, but quality "
        "may suffer.",
        grouped(model.context_train.count()), grouped(model.context_limit.count()));
  }
  return "";
}

std::string about_host_memory(const Estimate& answer) {
  if (!answer.fit || !answer.fit->host_wanted) return "";
  return fmt::format("It needs {:.1f} GB of RAM beside the GPU, and what there is was not said.",
                     in_gb(*answer.fit->host_wanted));
}

}  // namespace

std::vector<std::string> warnings_about(const Question& question, const Estimate& answer) {
  std::vector<std::string> warnings;
  for (std::string text : {about_context(question), about_host_memory(answer)}) {
    if (!text.empty()) warnings.push_back(std::move(text));
  }
  return warnings;
}

}  // namespace lfmfit
