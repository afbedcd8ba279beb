#include "render/fit_text.hpp"

#include <fmt/format.h>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/verdict_text.hpp"

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

std::string indented(const std::string& text, const Terminal& terminal, const std::string& separator = " ") {
  return wrapped("  " + printable(text), terminal.width, "    ", separator) + "\n";
}

}  // namespace

std::string fit_text(const Question& question, const Estimate& estimate, const Terminal& terminal) {
  const Device& device = *question.device;
  const Fit& fit = *estimate.fit;
  const std::string what = fmt::format("{} {}, {} tokens", question.model->card.name, question.quantization->name,
                                       grouped(estimate.request.context.count()));
  const std::string where =
      device.gpus > 1 ? fmt::format("{}, on one of its {} GPUs", device.name, device.gpus) : device.name;
  std::string needs = fmt::format("needs at most {} of {} usable", gb_text(fit.required), gb_text(fit.usable));
  if (estimate.speed) needs += speed_text(*estimate.speed);
  return printable(where) + ": " + styled(verdict_text(fit), verdict_style(fit.verdict), terminal) + "\n" +
         indented(what + ": " + needs, terminal) +
         indented(sum_text(estimate.memory, estimate.memory.tightest_place()), terminal, " + ") +
         (question.beside.empty() ? "" : indented("beside it: " + beside_text(question), terminal));
}

}  // namespace lfmfit::render
