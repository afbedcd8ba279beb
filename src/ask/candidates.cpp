#include "ask/candidates.hpp"

#include <algorithm>

#include "lfmfit/backend.hpp"

namespace lfmfit::ask {

namespace {

const Backend* usual_backend(const Device& device, const Catalog& catalog) {
  for (const Backend& backend : catalog.backends()) {
    if (backend.name == device.backend) return &backend;
  }
  return nullptr;
}

/// Whether `form` takes no fewer bits than the one that the model is published in: nobody makes it.
bool is_no_smaller(const CheckpointForm& form, const Question& question) {
  const std::string& published = question.model->card.published_as;
  return form.row.name != published &&
         std::any_of(question.vllm->forms->begin(), question.vllm->forms->end(),
                     [&](const CheckpointForm& one) { return one.row.name == published && one.bits <= form.bits; });
}

}  // namespace

std::vector<ReportScope::Candidate> driven_devices(const Catalog& catalog, const Backend* asked) {
  std::vector<ReportScope::Candidate> result;
  for (const Device& device : catalog.devices()) {
    const Backend* backend = asked != nullptr ? asked : usual_backend(device, catalog);
    if (backend == nullptr || drives(*backend, device)) result.push_back({&device, backend});
  }
  return result;
}

std::vector<const Quantization*> table_rows(const Question& question, bool all, const Catalog& catalog) {
  if (!question.model->file_tensors.empty()) return {question.quantization};
  std::vector<const Quantization*> rows;
  if (question.vllm) {
    for (const CheckpointForm& form : *question.vllm->forms) {
      const bool listed = form.row.listed && !is_no_smaller(form, question);
      if (all || listed || &form.row == question.quantization) rows.push_back(&form.row);
    }
    return rows;
  }
  if (question.mlx) {
    for (const MlxForm& form : question.mlx->facts->forms) rows.push_back(&form.row);
    return rows;
  }
  for (const Quantization& quantization : catalog.quantizations()) {
    if (all || law_of(question).lists(quantization) || &quantization == question.quantization)
      rows.push_back(&quantization);
  }
  // a publisher's mix stands before the file type that it comes from
  if (std::find(rows.begin(), rows.end(), question.quantization) == rows.end()) {
    const auto place = std::find_if(rows.begin(), rows.end(), [&](const Quantization* row) {
      return row->default_type == question.quantization->default_type;
    });
    rows.insert(place == rows.end() ? rows.begin() : place, question.quantization);
  }
  return rows;
}

}  // namespace lfmfit::ask
