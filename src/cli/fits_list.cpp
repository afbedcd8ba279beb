#include "cli/fits_list.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "ask/quantization_choice.hpp"
#include "catalog/model_task_rows.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_task.hpp"

namespace lfmfit::cli {

namespace {

/// Throws Error(kBadRequest) for a task that no model is made for.
void require_task(const std::string& task, const std::vector<ModelTask>& rows) {
  std::set<std::string> known = {kTextTask};
  for (const ModelTask& row : rows) known.insert(row.task);
  if (task.empty() || known.count(lower(task)) > 0) return;
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  throw Error(ErrorKind::kBadRequest, "--task knows " + list + ", not '" + task + "'");
}

bool is_wanted(const Model& model, const std::vector<std::string>& tasks, const FitsAsked& wanted) {
  const ModelCard& card = model.card;
  if (!contains_but_case(card.family + "\n" + card.id + "\n" + card.publisher, wanted.family)) return false;
  return wanted.task.empty() || std::find(tasks.begin(), tasks.end(), lower(wanted.task)) != tasks.end();
}

/// The question about `model`; unset: it cannot have the context that is asked for, or lfmfit cannot answer.
std::optional<Question> question_about(const Model& model, const FitsAsked& wanted, ask::Finder& finder) {
  Asked asked = wanted.asked;
  asked.model = model.card.id;
  const bool is_usual = !asked.context && !asked.context_each;
  if (is_usual && model.context_limit < Request{}.context) asked.context_each = model.context_limit.count();
  std::optional<Question> question = unless_refused([&] { return ask::question_of(asked, finder); });
  if (!question) return std::nullopt;
  if (question->longest_context)
    throw Error(ErrorKind::kBadRequest, "models are compared at one context; give tokens, or max, not fit");
  if (!question->vllm && tokens_of_each(question->request) > model.context_limit) return std::nullopt;
  return question;
}

/// The questions to ask, of the largest models first.
std::vector<Question> questions(const FitsAsked& wanted, const std::vector<ModelTask>& tasks, ask::Finder& finder) {
  std::vector<Question> result;
  for (const Model& model : finder.catalog.models()) {
    if (!is_wanted(model, tasks_of(model, tasks), wanted)) continue;
    if (auto question = question_about(model, wanted, finder)) result.push_back(std::move(*question));
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Question& a, const Question& b) { return size_class(*a.model) > size_class(*b.model); });
  return result;
}

/// Those that run no worse than `worst`, of the largest models first. Where only `most` are wanted, smaller models than
/// those that run well already are not looked at.
std::vector<FittingModel> running_models(const std::vector<Question>& asked, std::optional<std::size_t> most,
                                         const std::optional<TokenRate>& min_speed, Running worst,
                                         ask::Finder& finder) {
  std::vector<FittingModel> running;
  std::size_t well = 0;
  std::int64_t last_size = 0;
  for (const Question& question : asked) {
    if (most && well >= *most && size_class(*question.model) < last_size) break;
    auto best =
        best_running(question, ask::quantizations_for(question, question.model->card.id, finder), min_speed, worst);
    if (!best) continue;
    if (best->running == Running::kWell && ++well == most) last_size = size_class(*question.model);
    running.push_back(std::move(*best));
  }
  return running;
}

/// Those that run, best first: at most `most`. Others than those that run well are looked for where they are too few.
std::vector<FittingModel> best_models(const std::vector<Question>& asked, std::optional<std::size_t> most,
                                      const std::optional<TokenRate>& min_speed, ask::Finder& finder) {
  std::vector<FittingModel> running;
  if (most) running = running_models(asked, most, min_speed, Running::kWell, finder);
  if (!most || running.size() < *most) running = running_models(asked, most, min_speed, Running::kPartly, finder);
  std::sort(running.begin(), running.end(), [](const auto& a, const auto& b) { return ranks_before(a, b); });
  if (most && running.size() > *most)
    running.erase(running.begin() + static_cast<std::ptrdiff_t>(*most), running.end());
  return running;
}

}  // namespace

render::FitsList fits_list(const FitsAsked& wanted, const std::vector<Overlay>& overlays, ask::Finder& finder) {
  const std::vector<ModelTask> tasks = read_model_tasks(overlays);
  require_task(wanted.task, tasks);
  render::FitsList list{finder.devices.find(wanted.asked.device.value_or("")), {}, 0, false, wanted.min_speed};
  const std::vector<Question> asked = questions(wanted, tasks, finder);
  list.asked = asked.size();
  list.is_whole = !wanted.most;
  for (FittingModel& model : best_models(asked, wanted.most, wanted.min_speed, finder)) {
    const Tokens longest = longest_of(model);
    std::vector<std::string> made_for = tasks_of(*model.question.model, tasks);
    list.rows.push_back({std::move(model), longest, std::move(made_for)});
  }
  return list;
}

}  // namespace lfmfit::cli
