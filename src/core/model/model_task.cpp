#include "lfmfit/model_task.hpp"

#include <algorithm>

#include "core/base/letter_case.hpp"

namespace lfmfit {

std::vector<std::string> tasks_of(const Model& model, const std::vector<ModelTask>& rows) {
  std::vector<std::string> tasks;
  bool generates = model.has_output;
  for (const ModelTask& row : rows) {
    const bool matches = std::any_of(row.in_names.begin(), row.in_names.end(),
                                     [&](const std::string& part) { return contains_but_case(model.card.id, part); });
    if (!matches) continue;
    tasks.push_back(row.task);
    generates = generates && row.generates;
  }
  if (generates) tasks.insert(tasks.begin(), kTextTask);
  return tasks;
}

}  // namespace lfmfit
