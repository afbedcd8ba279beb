#include "core/answer/warnings.hpp"

#include <fmt/format.h>

#include <cctype>

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

/// Files that one publisher gave one name have had different bytes.
std::string about_mix(const Question& question, const Estimate& answer) {
  const Quantization& quantization = *question.quantization;
  if (quantization.low == 1 && quantization.high == 1) return "";
  return fmt::format(
      "{} is a publisher's own mix: files of that name differ, from model to model and from upload to upload. Weights "
      "are estimated: a file of {:.2f} GB, {:.2f} to {:.2f}; verdicts take the upper bound. Of the .gguf itself "
      "(lfmfit FILE.gguf) the answer is exact.",
      quantization.name, in_gb(answer.file_bytes), in_gb(answer.file_low), in_gb(answer.file_high));
}

std::string about_host_memory(const Estimate& answer) {
  if (!answer.fit || !answer.fit->host_wanted) return "";
  return fmt::format("It needs {:.1f} GB of RAM beside the GPU, and what there is was not said.",
                     in_gb(*answer.fit->host_wanted));
}

/// What mlx-lm says itself when it has to wire nearly all that the system allows.
std::string about_wired_memory(const Question& question, const Estimate& answer) {
  if (!question.mlx || !answer.fit) return "";
  const Bytes weights = answer.memory.sum(MemoryUse::kWeights, 0);
  const double limit = static_cast<double>(answer.fit->usable.count()) * question.mlx->facts->wired_share;
  if (static_cast<double>(weights.count()) <= limit) return "";
  return fmt::format(
      "Weights of {:.2f} GB are more than {:.0f} % of the {:.2f} GB that macOS lets it wire: MLX starts all the same, "
      "warns, and can be very slow.",
      in_gb(weights), 100 * question.mlx->facts->wired_share, in_gb(answer.fit->usable));
}

}  // namespace

std::vector<std::string> notes_about(const Question& question) {
  std::vector<std::string> notes = question.notes;
  std::string own = question.model->card.note;
  if (own.empty()) return notes;
  own[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(own[0])));
  notes.push_back(own + ".");
  return notes;
}

std::vector<std::string> warnings_about(const Question& question, const Estimate& answer) {
  std::vector<std::string> warnings;
  for (std::string text : {about_context(question), about_mix(question, answer), about_host_memory(answer),
                           about_wired_memory(question, answer)}) {
    if (!text.empty()) warnings.push_back(std::move(text));
  }
  return warnings;
}

}  // namespace lfmfit
