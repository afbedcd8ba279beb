#include "render/fits.hpp"

#include <algorithm>
#include <ostream>
#include <set>
#include <string>

#include "ask/quantization_choice.hpp"
#include "ask/question.hpp"
#include "catalog/model_task_rows.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/min_speed.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_task.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kFitsAbout =
    R"(Which models run on DEVICE, each at its best quantization, best first: those that run
well before those that are tight, the larger before the smaller, among equals the newest.)";

constexpr const char* kFitsExamples = R"(Examples:
  lfmfit fits rtx-3060
  lfmfit fits local --min-speed 20 -c 16k
  lfmfit fits "rtx-4060-laptop, ram=32GiB" --task code
  lfmfit fits "MacBook Air M3 16GB" --family lfm2 --json

Exit code: 0 some model runs, 1 none does, 2 bad usage or bad data.)";

struct FitsOptions {
  Asked asked;
  std::string device, family, task;
  std::optional<double> min_speed;
  std::int64_t top = 15;
  bool top_given = false, all = false, total = false;
  OutputOptions output;
  DataOptions data;
};

void add_options(CommandLine& line, FitsOptions& options) {
  line.text("DEVICE", options.device,
            "a device of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008 or local",
            {.required = true});
  add_min_speed_option(line, options.min_speed);
  line.text("-c,--context,--ctx-size", options.asked.context,
            "tokens of context: 4096 (the default), 16k, max (all that each model can)");
  line.number("--users", options.asked.users, "requests at once: as many slots");
  line.text("--context-each", options.asked.context_each, "tokens of context for each of them: 8k");
  line.text("--cache-type-k", options.asked.kv_type_k, "type of the cached keys (-ctk)",
            {.usual = ask::kUsualCacheType});
  line.text("--cache-type-v", options.asked.kv_type_v, "type of the cached values (-ctv)",
            {.usual = ask::kUsualCacheType});
  line.size("--ram", options.asked.ram, "memory beside the GPU: 64GiB");
  line.size("--reserve", options.asked.reserve, "to be left free on each GPU: 1GiB");
  line.text("--backend", options.asked.backend, "llama.cpp's backend; the device's usual one if not given");
  line.text("--runtime", options.asked.runtime, "llama.cpp or vllm, or one release: llama.cpp@0.7",
            {.usual = "llama.cpp"});
  line.text("--family", options.family, "only models whose family, publisher or id has this in it: lfm2, qwen3");
  line.text("--task", options.task,
            "only models made for it: text, code, math, reasoning, vision, audio, tools, extraction, embedding, "
            "reranking");
  add_total_option(line, options.total);
  line.number("--top", options.top, "so many of them",
              {.group = "Output", .shows_usual = true, .range = {{1, 100'000}}, .given = &options.top_given});
  line.flag("--all", options.all, "all of them", "Output");
  line.flag("--json", options.output.json, "one line of JSON, schema lfmfit.fits/1; all unless --top is given",
            "Output");
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
}

/// Throws Error(kBadRequest) for a task that no model is made for.
void require_task(const std::string& task, const std::vector<ModelTask>& rows) {
  std::set<std::string> known = {kTextTask};
  for (const ModelTask& row : rows) known.insert(row.task);
  if (task.empty() || known.count(lower(task)) > 0) return;
  std::string list;
  for (const std::string& one : known) list += (list.empty() ? "" : ", ") + one;
  throw Error(ErrorKind::kBadRequest, "--task knows " + list + ", not '" + task + "'");
}

bool is_wanted(const Model& model, const std::vector<std::string>& tasks, const FitsOptions& options) {
  const ModelCard& card = model.card;
  if (!contains_but_case(card.family + "\n" + card.id + "\n" + card.publisher, options.family)) return false;
  return options.task.empty() || std::find(tasks.begin(), tasks.end(), lower(options.task)) != tasks.end();
}

/// The question about `model`; unset: it cannot have the context that is asked for, or lfmfit cannot answer.
std::optional<Question> question_about(const Model& model, const FitsOptions& options, ask::Finder& finder) {
  Asked asked = options.asked;
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

/// How many are shown; unset: all.
std::optional<std::size_t> most_shown(const FitsOptions& options) {
  const bool everything = options.all || (options.output.json && !options.top_given);
  return everything ? std::nullopt : std::optional(static_cast<std::size_t>(options.top));
}

/// The questions to ask, of the largest models first.
std::vector<Question> questions(const FitsOptions& options, const std::vector<ModelTask>& tasks, ask::Finder& finder) {
  std::vector<Question> result;
  for (const Model& model : finder.catalog.models()) {
    if (!is_wanted(model, tasks_of(model, tasks), options)) continue;
    if (auto question = question_about(model, options, finder)) result.push_back(std::move(*question));
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

render::FitsList list_of(const FitsOptions& options, const std::vector<ModelTask>& tasks, ask::Finder& finder) {
  require_task(options.task, tasks);
  render::FitsList list{finder.devices.find(options.device), {}, 0, false, min_speed_of(options.min_speed)};
  const std::vector<Question> asked = questions(options, tasks, finder);
  const std::optional<std::size_t> most = most_shown(options);
  list.asked = asked.size();
  list.is_whole = !most;
  for (FittingModel& model : best_models(asked, most, list.min_speed, finder)) {
    const Tokens longest = longest_of(model);
    std::vector<std::string> made_for = tasks_of(*model.question.model, tasks);
    list.rows.push_back({std::move(model), longest, std::move(made_for)});
  }
  return list;
}

}  // namespace

int run_fits(const Session& session) {
  FitsOptions options;
  CommandLine line(kFitsAbout, "lfmfit fits", kFitsExamples);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  options.asked.device = options.device;
  const std::vector<Overlay> overlays = read_overlays(session.environment, options.data.folders);
  const Catalog catalog(overlays);
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  const render::FitsList list = list_of(options, read_model_tasks(overlays), finder);
  session.out << (options.output.json ? render::json_text(render::fits_json(list, LFMFIT_VERSION))
                                      : render::fits_text(list, terminal_of(options.output, session.environment)));
  return !list.rows.empty() ? kAnswered : kDoesNotFit;
}

}  // namespace lfmfit::cli
