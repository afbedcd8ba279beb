#include "render/fit_text.hpp"

#include <fmt/format.h>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/notes.hpp"
#include "render/placement_text.hpp"
#include "render/verdict_text.hpp"
#include "render/vllm_text.hpp"

namespace lfmfit::render {

namespace {

/// "runs great, 12.70 GB to spare"
std::string verdict_text(const Fit& fit) {
  const bool fits = fit.headroom >= Bytes(0);
  return fmt::format("{}, {} {}", name_of(fit.verdict), gb_text(fits ? fit.headroom : Bytes(0) - fit.headroom),
                     fits ? "to spare" : "missing");
}

std::string speed_text(const Speed& speed) {
  std::string text = fmt::format("; decode {} tok/s", band_text(speed.decode));
  if (speed.decode_half_context && speed.decode_full_context) {
    text += fmt::format(", {} at half and {} at full context", rate_text(*speed.decode_half_context),
                        rate_text(*speed.decode_full_context));
  }
  if (speed.prefill) text += fmt::format(", prefill {} tok/s", rate_text(speed.prefill->value));
  return text;
}

std::string optional_line(const std::string& text, const Terminal& terminal) {
  return text.empty() ? "" : indented(text, terminal);
}

/// Which place it is that is told of, where there are several: " on GPU 1".
std::string where_text(const Fit& fit, int gpu_count) {
  if (fit.place == kHost && gpu_count > 0) return " in host memory";
  if (fit.place == kPool && gpu_count > 0) return " by GPU and CPU";
  return gpu_count > 1 ? fmt::format(" on GPU {}, the fullest of {}", fit.place, gpu_count) : "";
}

/// The options that say by hand what was placed automatically.
std::string placing_line(const Question& question, const Request& answered, const Terminal& terminal) {
  const std::string options = placing_options(answered, *question.backend);
  if (question.request.placing == Placing::kGiven || options.empty()) return "";
  const char* margin = question.available ? "" : ", 1,024 MiB left free on each GPU";
  return indented(fmt::format("placed automatically{}; by hand: {}", margin, options), terminal);
}

std::string note_lines(const std::vector<std::string>& notes, const Terminal& terminal) {
  std::string text;
  for (const std::string& note : notes) text += indented("note: " + note, terminal);
  return text;
}

}  // namespace

std::string fit_text(const Question& question, const Estimate& estimate, const Terminal& terminal) {
  if (estimate.vllm) return vllm_fit_text(question, estimate, terminal);
  const Device& device = *question.device;
  const Fit& fit = *estimate.fit;
  const std::string runtime = law_of(question).release(question);
  const std::string what =
      fmt::format("{} {}, {}{}", question.model->card.name, question.quantization->name, context_text(estimate.request),
                  runtime.empty() ? "" : ", " + runtime + " on " + question.backend->label);
  std::string needs = fmt::format("needs at most {} of {} usable{}", gb_text(fit.required), gb_text(fit.usable),
                                  where_text(fit, estimate.memory.gpu_count));
  if (estimate.speed) needs += speed_text(*estimate.speed);
  return printable(device.name) + ": " + styled(verdict_text(fit), verdict_style(fit.verdict), terminal) + "\n" +
         indented(what + ": " + needs, terminal) +
         indented(sum_text(estimate.memory, fit.place >= 0 ? fit.place : estimate.memory.tightest_place()), terminal,
                  " + ") +
         optional_line(host_text(fit), terminal) + placing_line(question, estimate.request, terminal) +
         (question.beside.empty() ? "" : indented("beside it: " + beside_text(question), terminal)) +
         note_lines(estimate.warnings, terminal) + note_lines(notes_about(question, estimate), terminal);
}

}  // namespace lfmfit::render
