#include "lfmfit/model_task.hpp"

#include <algorithm>

#include "catalog/model_task_rows.hpp"
#include "catch.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using Tasks = std::vector<std::string>;

Tasks tasks(const std::string& id) { return tasks_of(test::shipped().model(id), read_model_tasks({})); }

}  // namespace

TEST_CASE("Models have the tasks of the rows that their names match, and text where they generate it") {
  CHECK(tasks("Qwen/Qwen3-8B") == Tasks{"text"});
  CHECK(tasks("Qwen/Qwen3-Coder-30B-A3B-Instruct") == Tasks{"text", "code"});
  CHECK(tasks("Qwen/Qwen3-VL-8B-Thinking") == Tasks{"text", "reasoning", "vision"});
  CHECK(tasks("BAAI/bge-m3") == Tasks{"embedding"});
  CHECK(tasks("LiquidAI/LFM2.5-Encoder-350M") == Tasks{"embedding"});
}

TEST_CASE("Every word of a row of tasks is in some model's name, and what generates no text has a task") {
  const std::vector<ModelTask> rows = read_model_tasks({});
  for (const ModelTask& row : rows) {
    for (const std::string& part : row.in_names) {
      CAPTURE(row.task, part);
      ModelTask alone;
      alone.task = row.task;
      alone.in_names = {part};
      const std::vector<ModelTask> rows_alone = {alone};
      const auto& models = test::shipped().models();
      CHECK(std::any_of(models.begin(), models.end(), [&](const Model& model) {
        const auto found = tasks_of(model, rows_alone);
        return !found.empty() && found.back() == row.task;
      }));
    }
  }
  for (const Model& model : test::shipped().models()) {
    CAPTURE(model.card.id);
    CHECK_FALSE(tasks_of(model, rows).empty());
  }
}

TEST_CASE("A folder of facts may say what further models are made for") {
  const Overlay more{"mine.json", R"({"model_tasks": [{"task": "poetry", "in_names": ["qwen3-8b"], "source": "me"}]})"};
  CHECK(tasks_of(test::shipped().model("Qwen/Qwen3-8B"), read_model_tasks({more})) == Tasks{"text", "poetry"});
}
