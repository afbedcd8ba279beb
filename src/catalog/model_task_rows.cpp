#include "catalog/model_task_rows.hpp"

#include "catalog/row_reader.hpp"
#include "catalog/sources.hpp"

namespace lfmfit {

namespace {

ModelTask read_model_task(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  ModelTask task;
  task.task = reader.text("task");
  task.in_names = reader.texts("in_names");
  task.generates = reader.flag_or("generates", true);
  task.source = reader.text("source");
  reader.finish();
  return task;
}

}  // namespace

std::vector<ModelTask> read_model_tasks(std::vector<Overlay> overlays) {
  Sources sources(std::move(overlays));
  std::vector<ModelTask> tasks;
  for (const RowText& row : sources.table("model_tasks").rows()) tasks.push_back(read_model_task(row));
  return tasks;
}

}  // namespace lfmfit
