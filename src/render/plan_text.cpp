#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/notes.hpp"
#include "render/placement_text.hpp"
#include "render/plan.hpp"
#include "render/remedy_text.hpp"
#include "render/setting_text.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"
#include "render/vllm_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kWidePlan = 100;  // columns from which the table has bands

bool has_gpu(const Question& question) { return !question.backend->is_cpu; }

std::string scene_of(const Question& question) {
  if (question.vllm) return vllm_scene_text(question);
  std::string text = fmt::format("{} on {}", law_of(question).release(question), question.backend->label);
  if (question.cache.k->name != std::string_view("f16") || question.cache.v->name != question.cache.k->name)
    text += fmt::format(", {}/{} cache", question.cache.k->name, question.cache.v->name);
  return text;
}

std::string min_speed_text(const std::optional<TokenRate>& min_speed) {
  return min_speed ? fmt::format(", at least {} tok/s each", rate_text(*min_speed)) : std::string();
}

std::string heading(const Question& question, const Estimate& answer, const std::optional<TokenRate>& min_speed) {
  const std::string on = question.device != nullptr ? " on " + question.device->name : "";
  return fmt::format("{}{}, {}, {}{}", question.model->card.name, on, context_text(answer.request), scene_of(question),
                     min_speed_text(min_speed));
}

Cell verdict_cell(const PlanRow& row, const std::optional<TokenRate>& min_speed) {
  const Verdict verdict = row.answer.fit->verdict;
  const bool is_slow = fits(*row.answer.fit) && !is_quick(row.answer.speed, row.answer.request, min_speed);
  if (is_slow) return {"slow", Style::kPoor};
  return {verdict_word(verdict), verdict_style(verdict)};
}

std::string tokens_text(const std::optional<Tokens>& tokens) { return tokens ? grouped(tokens->count()) : "-"; }

/// What is to be said besides -q and -c: "-ngl 33", "q8_0 cache", and with a plus the RAM that nobody spoke of.
std::string how_text(const PlanRow& row) {
  std::string text;
  for (const Setting& change : row.changes) {
    const bool is_cache = change.kind == Setting::Kind::kCacheType;
    text += (text.empty() ? "" : " ") +
            (is_cache ? change.name + " cache" : setting_options({change}, law_of(row.question).runtime));
  }
  if (row.answer.fit->host_wanted)
    text += fmt::format("{}+{:.0f} GB", text.empty() ? "" : " ", in_gb(*row.answer.fit->host_wanted));
  return text;
}

std::string short_quality_text(const Quantization& quantization) {
  return quantization.quality_percent > 0 ? fmt::format("~{:g} %", quantization.quality_percent) : quantization.quality;
}

Cell speed_cell(const Estimate& answer, const Terminal& terminal) {
  if (!answer.speed) return {"-", Style::kFaint};
  return {terminal.width >= kWidePlan ? band_text(answer.speed->decode) : rate_text(answer.speed->decode.value)};
}

std::string frontier_table(const Plan& plan, const Terminal& terminal) {
  std::vector<Column> columns = {{"  Quantization"},
                                 {"quality"},
                                 {"runs"},
                                 {"needs", Align::kRight},
                                 {"tok/s", Align::kRight},
                                 {has_gpu(plan.question) ? "on GPU" : "up to", Align::kRight}};
  if (!plan.small_cache.empty()) columns.push_back({plan.small_cache, Align::kRight});
  columns.push_back({"how"});
  TextTable table(columns);
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    const PlanRow& row = plan.rows[i];
    const bool is_best = plan.best == i;
    const Style style = is_best ? Style::kStrong : Style::kPlain;
    std::vector<Cell> cells = {{(is_best ? "> " : "  ") + row.question.quantization->name, style},
                               {short_quality_text(*row.question.quantization), style},
                               verdict_cell(row, plan.min_speed),
                               {in_gb_text(row.answer.fit->required), style},
                               speed_cell(row.answer, terminal),
                               {tokens_text(row.longest), style}};
    if (!plan.small_cache.empty()) cells.push_back({tokens_text(row.longest_small_cache), style});
    cells.push_back({how_text(row), style});
    table.add(std::move(cells));
  }
  return table.text(terminal);
}

/// As it is said: "an f16", "an 8-bit".
const char* article(const std::string& type) { return type[0] == 'f' || type[0] == '8' ? "an" : "a"; }

bool wants_ram(const PlanRow& row) { return row.answer.fit->host_wanted.has_value(); }

std::string legend(const Plan& plan) {
  const bool gpu = has_gpu(plan.question);
  std::string text =
      fmt::format("\"needs\": GB at most of {:.2f} usable{}; \"{}\": the longest context{}",
                  in_gb(plan.answer.fit->usable), plan.answer.memory.gpu_count > 1 ? " on the fullest GPU" : "",
                  gpu ? "on GPU" : "up to", gpu ? " with all of it there" : "");
  if (plan.answer.request.parallel > 1) text += ", all slots together";
  if (!plan.small_cache.empty())
    text += fmt::format(", beside it with {} {} cache", article(plan.small_cache), plan.small_cache);
  if (std::any_of(plan.rows.begin(), plan.rows.end(), wants_ram)) text += "; \"+\": of RAM, which --ram says is there";
  return text + ". Quality is a rule of thumb.";
}

/// "-q Q4_K_M -c 32768 -ngl 33"
std::string options_of(const PlanRow& row) {
  std::vector<Setting> changes = {{Setting::Kind::kQuantization, 0, row.question.quantization->name},
                                  {Setting::Kind::kContext, row.answer.request.context.count()}};
  changes.insert(changes.end(), row.changes.begin(), row.changes.end());
  return setting_options(changes, law_of(row.question).runtime);
}

std::string best_lines(const Plan& plan, const Terminal& terminal) {
  if (!plan.best) {
    const char* why = plan.min_speed ? "Nothing fits and is as fast as asked." : "Nothing fits as asked.";
    return styled(why, Style::kBad, terminal) + "\n";
  }
  const PlanRow& row = plan.rows[*plan.best];
  const std::string line = fmt::format("Take {}: {}, {} of {}", options_of(row), outcome_text(row.answer),
                                       in_gb_text(row.answer.fit->required), gb_text(row.answer.fit->usable));
  std::string text = wrapped(printable(line), terminal.width, "  ") + "\n";
  if (row.answer.vllm) {
    const std::string changes = vllm_changes_text(*row.answer.vllm);
    if (!changes.empty()) text += wrapped("  " + printable(changes), terminal.width, "    ") + "\n";
  }
  const std::string host = host_text(*row.answer.fit);
  return host.empty() ? text : text + wrapped("  " + host, terminal.width, "  ") + "\n";
}

std::string note_lines(const Question& question, const Estimate& answer, const Terminal& terminal) {
  std::string text;
  for (const auto& notes : {answer.warnings, notes_about(question, answer)}) {
    for (const std::string& note : notes) text += wrapped("  note: " + printable(note), terminal.width, "    ") + "\n";
  }
  return text;
}

}  // namespace

std::string plan_text(const Plan& plan, const Terminal& terminal) {
  const PlanRow* best = plan.best ? &plan.rows[*plan.best] : nullptr;
  std::string text =
      styled(wrapped(printable(heading(plan.question, plan.answer, plan.min_speed)), terminal.width, "  "),
             Style::kStrong, terminal) +
      "\n\n" + frontier_table(plan, terminal) +
      styled(wrapped("  " + legend(plan), terminal.width, "  "), Style::kFaint, terminal) + "\n\n" +
      best_lines(plan, terminal);
  text += remedies_text(
      plan.remedies, best == nullptr ? "It would, cheapest first, with" : "All of it on the GPU, cheapest first, with",
      terminal);
  const Question& told = best != nullptr ? best->question : plan.question;
  return text + note_lines(told, best != nullptr ? best->answer : plan.answer, terminal);
}

}  // namespace lfmfit::render
