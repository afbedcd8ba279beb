// What models are made for: rows of data/model_tasks.json, by words in the names that publishers give them.
#pragma once

#include <string>
#include <vector>

#include "lfmfit/model.hpp"

namespace lfmfit {

/// One task, and the models that are made for it.
struct ModelTask {
  std::string task;                   ///< "code"
  std::vector<std::string> in_names;  ///< parts of ids, one of which such models have; case aside
  bool generates = true;              ///< such models are for text in general too
  std::string source;
};

/// The task of models that generate text, whatever else they are made for.
constexpr const char* kTextTask = "text";

/// What `model` is made for: the tasks of the rows that match its id, and kTextTask unless one of them says that it
/// generates none.
std::vector<std::string> tasks_of(const Model& model, const std::vector<ModelTask>& rows);

}  // namespace lfmfit
