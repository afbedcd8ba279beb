#include "cli/page_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ask/candidates.hpp"
#include "ask/runtime_words.hpp"
#include "ask/written_command.hpp"
#include "cli/page_words.hpp"
#include "cli/sheet_choices.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"
#include "render/answer_sheet.hpp"

namespace lfmfit::cli {

namespace {

using render::Json;

/// Asks in every state of `settings` on one device after another.
class SheetMaker {
 public:
  SheetMaker(const Asked& asked, std::vector<SheetSetting> settings, ask::Finder& finder)
      : asked_(asked), settings_(std::move(settings)), finder_(finder) {}

  std::vector<render::SheetChoice> choices() const {
    std::vector<render::SheetChoice> choices;
    for (const SheetSetting& setting : settings_) choices.push_back(setting.choice);
    return choices;
  }

  /// By state. Null where the runtime cannot run so.
  std::vector<Json> answers(const Device& device) {
    std::vector<Json> answers;
    Asked here = asked_;
    here.device = device.id;
    ask_from(0, here, answers);
    return answers;
  }

  /// By state: what starts it, on some device where that was answered.
  const std::vector<std::string>& commands() const { return commands_; }

 private:
  void ask_from(std::size_t setting, const Asked& asked, std::vector<Json>& answers) {
    if (setting == settings_.size()) {
      answers.push_back(answer(asked, answers.size()));
      return;
    }
    for (const Json& value : settings_[setting].choice.values) {
      Asked here = asked;
      settings_[setting].ask(here, value);
      ask_from(setting + 1, here, answers);
    }
  }

  Json answer(const Asked& asked, std::size_t state) {
    if (commands_.size() <= state) commands_.resize(state + 1);
    const auto json = unless_refused([&] {
      const Question question = ask::question_of(asked, finder_);
      const Estimate answer = estimate(question);
      if (commands_[state].empty() && question.vllm) {
        for (const ask::WrittenCommand& command : ask::written_commands(asked, question, answer, finder_))
          commands_[state] = command.text;
      }
      return render::estimate_json(question, answer, nullptr);
    });
    return json.value_or(Json());
  }

  Asked asked_;
  std::vector<SheetSetting> settings_;
  ask::Finder& finder_;
  std::vector<std::string> commands_;
};

bool starts_somewhere(const std::vector<Json>& answers) {
  return std::any_of(answers.begin(), answers.end(), [](const Json& answer) {
    if (answer.is_null()) return false;
    return answer.contains("vllm") ? answer["vllm"]["verdict"] != "refuses" : answer["fit"]["verdict"] != "too big";
  });
}

bool is_answered(const std::vector<Json>& answers) {
  return std::any_of(answers.begin(), answers.end(), [](const Json& answer) { return !answer.is_null(); });
}

render::SheetWords words_of(const Asked& asked, const std::vector<std::string>& said, const Question& question,
                            ask::Finder& finder) {
  const PageWords page = page_words(asked, said, finder);
  render::SheetWords words;
  words.model = question.model;
  words.runtime = question.vllm ? ask::kVllm : ask::kMlx;
  words.release = asked_of(question, question.request).runtime.value_or(words.runtime);
  words.asked_for = page.model;
  words.published = page.published;
  words.lfmfit = page.lfmfit;
  words.notes = question.notes;
  return words;
}

/// Adds what `maker` finds of every device, but for servers: they are so many of a card, which is a choice here.
void fill(render::AnswerSheet& sheet, SheetMaker& maker, const Asked& asked, const Catalog& catalog) {
  std::size_t left_out = 0;
  const Backend* backend = asked.backend ? &catalog.backend(*asked.backend) : nullptr;
  for (const ReportScope::Candidate& candidate : ask::driven_devices(catalog, backend)) {
    if (candidate.device->gpus != 1) continue;
    const std::vector<Json> answers = maker.answers(*candidate.device);
    if (starts_somewhere(answers))
      sheet.add(*candidate.device, answers);
    else if (is_answered(answers))
      ++left_out;
  }
  if (left_out > 0)
    sheet.warn(fmt::format("{} devices on which it runs in none of these states are left out.", left_out));
}

}  // namespace

std::string sheet_html(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder) {
  const Question question = ask::question_of(asked, finder);
  if (question.longest_context)
    throw Error(ErrorKind::kBadRequest,
                "a page is of no device in particular; write a number of tokens, not auto or fit");
  SheetMaker maker(asked, sheet_settings(asked, question, finder), finder);
  render::AnswerSheet sheet(words_of(asked, said, question, finder), maker.choices());
  fill(sheet, maker, asked, finder.catalog);
  sheet.set_commands(maker.commands());
  return sheet.html(LFMFIT_VERSION);
}

}  // namespace lfmfit::cli
