#include "catalog/model_task_rows.hpp"

#include "catalog/row_reader.hpp"

namespace lfmfit {

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

}  // namespace lfmfit
