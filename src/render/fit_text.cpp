#include "render/fit_text.hpp"

#include <fmt/format.h>

#include "core/number_text.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

std::string room_text(const Fit& fit) {
  const std::string needs = fmt::format("needs at most {} of {} usable", gb_text(fit.required), gb_text(fit.usable));
  if (fit.headroom < Bytes(0)) return fmt::format("{}, {} too much", needs, gb_text(Bytes(0) - fit.headroom));
  return fmt::format("{}, {} to spare", needs, gb_text(fit.headroom));
}

std::string speed_text(const Speed& speed) {
  std::string text = fmt::format(", decode {} tok/s", band_text(speed.decode));
  if (speed.prefill) text += fmt::format(", prefill {} tok/s", rate_text(speed.prefill->value));
  return text;
}

}  // namespace

std::string fit_text(const Question& question, const Estimate& estimate, const Page& page) {
  const Device& device = *question.device;
  const Fit& fit = *estimate.fit;
  const std::string name = device.gpus > 1 ? fmt::format("{}, one of its {} GPUs", device.name, device.gpus) : device.name;
  std::string text = fmt::format("{}: {}; {}", name, name_of(fit.verdict), room_text(fit));
  if (estimate.speed && fit.verdict != Verdict::kTooBig) text += speed_text(*estimate.speed);
  const std::string first = styled(wrapped(printable(text), page.width, "  "), verdict_style(fit.verdict), page) + "\n";
  const std::string sum = fmt::format("  {} {} at {} tokens: {} ({})", question.model->card.name, question.quantization->name,
                                      grouped(estimate.request.context.count()), sum_text(estimate.memory, estimate.memory.tightest_place()),
                                      scene_text(question, estimate.memory));
  return first + "  " + wrapped(printable(sum), page.width - 2, "  ") + "\n";
}

}  // namespace lfmfit::render
