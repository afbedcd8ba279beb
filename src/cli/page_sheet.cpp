#include "cli/page_sheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "ask/candidates.hpp"
#include "ask/runtime_words.hpp"
#include "ask/written_command.hpp"
#include "cli/page_words.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"
#include "render/answer_sheet.hpp"

namespace lfmfit::cli {

namespace {

using render::Json;
using render::SheetChoice;

constexpr std::int64_t kGpus[] = {1, 2, 4, 8};
constexpr std::int64_t kLengths[] = {8192, 32768, 131072};
constexpr std::int64_t kCacheBits[] = {8, 4};
constexpr double kAboutAsMuch = 0.05;  ///< forms whose weights differ by less are listed once

/// A choice, and how a value of it is asked for.
struct Setting {
  SheetChoice choice;
  std::function<void(Asked&, const Json&)> ask;
};

/// Adds `value` where it is not among `values`, and says where it is.
std::size_t place_of(Json& values, const Json& value) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (found != values.end()) return static_cast<std::size_t>(found - values.begin());
  values.push_back(value);
  return values.size() - 1;
}

/// The forms in which weights are stored, but for those that take about as much as one before.
Setting forms(const Asked& asked, const Question& question, ask::Finder& finder) {
  Setting setting{{"quantization", "Weights", "-q", Json::array(), 0},
                  [](Asked& here, const Json& value) { here.quantization = value.get<std::string>(); }};
  std::vector<double> taken;
  for (const Quantization* form : ask::table_rows(question, false, finder.catalog)) {
    Question here = question;
    here.quantization = form;
    const auto answer = unless_refused([&] { return estimate(here); });
    if (!answer) continue;
    const auto bytes = static_cast<double>(answer->tensor_bytes.count());
    const bool is_first = std::none_of(taken.begin(), taken.end(),
                                       [&](double other) { return std::abs(bytes / other - 1) < kAboutAsMuch; });
    if (!is_first && form != question.quantization) continue;
    taken.push_back(bytes);
    setting.choice.values.push_back(form->name);
  }
  if (asked.quantization || setting.choice.values.empty()) place_of(setting.choice.values, question.quantization->name);
  setting.choice.first = place_of(setting.choice.values, question.quantization->name);
  return setting;
}

/// Tokens of one request, up to all that the model can.
Setting lengths(const Question& question, bool is_vllm) {
  Setting setting;
  setting.choice = {is_vllm ? "max_model_len" : "context", is_vllm ? "Longest request" : "Context",
                    is_vllm ? "--max-model-len" : "-c", Json::array(), 0};
  std::vector<std::int64_t> tokens;
  for (const std::int64_t length : kLengths) {
    if (Tokens(length) < question.model->context_limit) tokens.push_back(length);
  }
  tokens.push_back(question.model->context_limit.count());
  tokens.push_back(question.request.context.count());
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  setting.choice.values = tokens;
  setting.choice.first = place_of(setting.choice.values, question.request.context.count());
  setting.ask = [is_vllm](Asked& here, const Json& value) {
    (is_vllm ? here.max_model_len : here.context) = value.get<std::int64_t>();
  };
  return setting;
}

Setting vllm_cache(const Asked& asked) {
  Setting setting{{"kv_cache_dtype", "Cache type", "--kv-cache-dtype", {"auto", "fp8"}, 0},
                  [](Asked& here, const Json& value) { here.vllm.kv_cache_dtype = value.get<std::string>(); }};
  setting.choice.first = place_of(setting.choice.values, asked.vllm.kv_cache_dtype.value_or("auto"));
  return setting;
}

Setting mlx_cache(const Asked& asked) {
  Setting setting{{"kv_bits", "Cache bits", "--kv-bits", Json::array({Json()}), 0}, [](Asked& here, const Json& value) {
                    here.mlx.kv_bits.reset();
                    if (!value.is_null()) here.mlx.kv_bits = value.get<std::int64_t>();
                  }};
  for (const std::int64_t bits : kCacheBits) setting.choice.values.push_back(bits);
  setting.choice.first = place_of(setting.choice.values, asked.mlx.kv_bits ? Json(*asked.mlx.kv_bits) : Json());
  return setting;
}

/// So many of a card, which share each layer.
Setting gpus(const Asked& asked) {
  Setting setting{{"tensor_parallel_size", "GPUs", "-tp", Json::array(), 0}, [](Asked& here, const Json& value) {
                    here.vllm.tensor_parallel_size = value.get<std::int64_t>();
                    const std::int64_t count = value.get<std::int64_t>() *
                                               here.vllm.pipeline_parallel_size.value_or(1) *
                                               here.vllm.data_parallel_size.value_or(1);
                    if (count != 1) here.device = fmt::format("{}x {}", count, *here.device);
                  }};
  for (const std::int64_t count : kGpus) setting.choice.values.push_back(count);
  setting.choice.first = place_of(setting.choice.values, asked.vllm.tensor_parallel_size.value_or(1));
  return setting;
}

/// Asks in every state of `settings` on one device after another.
class SheetMaker {
 public:
  SheetMaker(const Asked& asked, std::vector<Setting> settings, ask::Finder& finder)
      : asked_(asked), settings_(std::move(settings)), finder_(finder) {}

  std::vector<SheetChoice> choices() const {
    std::vector<SheetChoice> choices;
    for (const Setting& setting : settings_) choices.push_back(setting.choice);
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
  std::vector<Setting> settings_;
  ask::Finder& finder_;
  std::vector<std::string> commands_;
};

bool starts_somewhere(const std::vector<Json>& answers) {
  return std::any_of(answers.begin(), answers.end(), [](const Json& answer) {
    if (answer.is_null()) return false;
    return answer.contains("vllm") ? answer["vllm"]["verdict"] != "refuses" : answer["fit"]["verdict"] != "too big";
  });
}

}  // namespace

std::string sheet_html(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder) {
  const Question question = ask::question_of(asked, finder);
  if (question.longest_context)
    throw Error(ErrorKind::kBadRequest,
                "a page is of no device in particular; write a number of tokens, not auto or fit");
  const bool is_vllm = question.vllm.has_value();
  std::vector<Setting> settings = {forms(asked, question, finder), lengths(question, is_vllm)};
  settings.push_back(is_vllm ? vllm_cache(asked) : mlx_cache(asked));
  if (is_vllm) settings.push_back(gpus(asked));
  SheetMaker maker(asked, std::move(settings), finder);

  const PageWords page = page_words(asked, said, finder);
  render::SheetWords words;
  words.model = question.model;
  words.runtime = is_vllm ? ask::kVllm : ask::kMlx;
  words.release = asked_of(question, question.request).runtime.value_or(words.runtime);
  words.asked_for = page.model;
  words.published = page.published;
  words.lfmfit = page.lfmfit;
  words.notes = question.notes;

  render::AnswerSheet sheet(words, maker.choices());
  std::size_t left_out = 0;
  const Backend* backend = asked.backend ? &finder.catalog.backend(*asked.backend) : nullptr;
  // servers are so many of a card, which is a choice here
  for (const ReportScope::Candidate& candidate : ask::driven_devices(finder.catalog, backend)) {
    if (candidate.device->gpus != 1) continue;
    const std::vector<Json> answers = maker.answers(*candidate.device);
    const bool is_known =
        std::any_of(answers.begin(), answers.end(), [](const Json& answer) { return !answer.is_null(); });
    if (!is_known) continue;
    if (starts_somewhere(answers))
      sheet.add(*candidate.device, answers);
    else
      ++left_out;
  }
  sheet.set_commands(maker.commands());
  if (left_out > 0)
    sheet.warn(fmt::format("{} devices on which it runs in none of these states are left out.", left_out));
  return sheet.html(LFMFIT_VERSION);
}

}  // namespace lfmfit::cli
