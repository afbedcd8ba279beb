#include "ask/quantization_choice.hpp"

#include <algorithm>

#include "ask/candidates.hpp"
#include "ask/quantization_words.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/plan.hpp"

namespace lfmfit::ask {

namespace {

/// The file type that the model is published in where that is no 16 bits; null: there is none, or it is not known.
const Quantization* published_type(const Model& model, const Catalog& catalog) {
  const std::string& form = model.card.published_as;
  return form.empty() ? nullptr : plain_called(catalog, form);
}

/// The usual rows as the publisher of `model` makes them.
std::vector<const Quantization*> rows_of(const Question& question, const ModelFinder::Found& found, Finder& finder) {
  std::vector<const Quantization*> rows;
  for (const Quantization* row : table_rows(question, false, finder.catalog)) {
    const Quantization* made = row;
    if (!found.repository.empty() && found.quantization.empty() && row->publisher.empty()) {
      const auto own = unless_refused([&] { return &finder.models.quantization(found, row->name, true); });
      if (own) made = *own;
    }
    if (std::find(rows.begin(), rows.end(), made) == rows.end()) rows.push_back(made);
  }
  return rows;
}

}  // namespace

std::string usual_quantization(const ModelFinder::Found& found, const Catalog& catalog) {
  const bool is_of_catalogue = found.file == nullptr && found.repository.empty() && found.quantization.empty();
  const Quantization* published = is_of_catalogue ? published_type(*found.model, catalog) : nullptr;
  if (published == nullptr) return kUsualQuantization;
  Question question;
  question.model = found.model;
  const auto bytes_in = [&](const Quantization& type) {
    question.quantization = &type;
    return total_bytes(stored_tensors(question));
  };
  return bytes_in(*published) < bytes_in(catalog.quantization(kUsualQuantization)) ? published->name
                                                                                   : kUsualQuantization;
}

bool leaves_quantization(const Asked& asked) {
  return asked.quantization && (same_but_case(*asked.quantization, kBestQuantization) ||
                                same_but_case(*asked.quantization, kFittingQuantization));
}

std::vector<const Quantization*> quantizations_for(const Question& question, const std::optional<std::string>& model,
                                                   Finder& finder) {
  const ModelFinder::Found found = finder.models.find(model.value_or(kUsualModel));
  if (found.file != nullptr) return {question.quantization};
  if (question.vllm || question.mlx) return by_size(question, table_rows(question, false, finder.catalog));
  std::vector<const Quantization*> rows = rows_of(question, found, finder);
  const Quantization* published = published_type(*question.model, finder.catalog);
  if (published != nullptr && std::find(rows.begin(), rows.end(), published) == rows.end()) rows.push_back(published);
  const bool is_usual = published == nullptr && found.repository.empty() && question.quantization->listed;
  if (is_usual) return rows;  // of the catalogue, largest first
  rows = by_size(question, rows);
  const auto place = std::find(rows.begin(), rows.end(), published);
  if (place != rows.end()) rows.erase(rows.begin(), place);
  return rows.empty() ? std::vector{question.quantization} : rows;
}

Question with_usual_context(Question question) {
  if (!question.longest_context && !question.shrinks_context) return question;
  question.longest_context = question.shrinks_context = false;
  const std::int64_t sequences = question.vllm ? 1 : question.request.parallel;
  question.request.context = std::min(Request{}.context, question.model->context_limit) * sequences;
  return question;
}

Asked with_best_quantization(Asked asked, Finder& finder) {
  if (!leaves_quantization(asked)) return asked;
  const std::string word = *asked.quantization;
  asked.quantization.reset();
  const ModelFinder::Found found = finder.models.find(asked.model.value_or(kUsualModel));
  if (!found.quantization.empty()) {
    throw Error(ErrorKind::kBadRequest,
                "the name says " + found.quantization + " and -q says " + word + "; leave out one of them");
  }
  if (found.file != nullptr) return asked;
  const Question question = with_usual_context(question_of(asked, finder));
  if (question.device == nullptr && !question.available && !(question.vllm && question.vllm->request.device)) {
    throw Error(ErrorKind::kBadRequest,
                "the best quantization that fits depends on the memory: name a device (--on DEVICE), or "
                "available_bytes");
  }
  asked.quantization = best_quantization(question, quantizations_for(question, asked.model, finder)).name;
  return asked;
}

Asked with_best_quantization(const Asked& asked, const std::vector<std::string>& devices, Finder& finder) {
  if (!leaves_quantization(asked) || devices.empty()) return with_best_quantization(asked, finder);
  std::optional<std::pair<Bytes, Asked>> smallest;
  for (const std::string& device : devices) {
    Asked on = asked;
    on.device = device;
    on = with_best_quantization(std::move(on), finder);
    const Question question = with_usual_context(question_of(on, finder));
    const Bytes bytes = estimate(question).file_bytes;
    if (!smallest || bytes < smallest->first) smallest.emplace(bytes, std::move(on));
  }
  Asked best = std::move(smallest->second);
  best.device = asked.device;
  return best;
}

}  // namespace lfmfit::ask
