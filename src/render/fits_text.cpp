#include <fmt/format.h>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/fits.hpp"
#include "render/placement_text.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kWideFits = 110;  // columns from which the table has bands

std::string heading(const FitsList& list) {
  const std::string speed =
      list.min_speed ? fmt::format(", at least {} tok/s each", rate_text(*list.min_speed)) : std::string();
  const std::string what = list.is_whole ? fmt::format("{} of {} models run", list.rows.size(), list.asked)
                                         : fmt::format("the best {} of {} models", list.rows.size(), list.asked);
  return printable(fmt::format("{}: {}{}", list.device.name, what, speed));
}

Cell running_cell(const FittingModel& model) {
  return {name_of(model.running), verdict_style(model.answer.fit->verdict)};
}

Cell fits_speed_cell(const Estimate& answer, bool wide) {
  if (!answer.speed) return {"-", Style::kFaint};
  return {wide ? band_text(answer.speed->decode) : rate_text(answer.speed->decode.value)};
}

}  // namespace

std::string fits_text(const FitsList& list, const Terminal& terminal) {
  std::string text = styled(wrapped(heading(list), terminal.width, "  "), Style::kStrong, terminal) + "\n";
  if (list.rows.empty()) return text + "Nothing does; a shorter context (-c 2k) or more RAM (--ram) may help.\n";
  const bool wide = terminal.width >= kWideFits;
  // ids are never cut, so they come last
  TextTable table({{"size", Align::kRight},
                   {"runs"},
                   {"quant"},
                   {"needs", Align::kRight},
                   {"tok/s", Align::kRight},
                   {"up to", Align::kRight},
                   {"release"},
                   {"model"}});
  for (const FitsRow& row : list.rows) {
    const FittingModel& model = row.model;
    table.add({{parameters_text(parameter_count(*model.question.model))},
               running_cell(model),
               {model.question.quantization->name},
               {in_gb_text(model.answer.fit->required)},
               fits_speed_cell(model.answer, wide),
               {grouped(row.longest.count())},
               {model.question.model->card.release_date.substr(0, 7)},
               {model.question.model->card.id}});
  }
  text += "\n" + table.text(terminal);
  const std::string legend = fmt::format(
      "  Each in the best quantization that leaves a tenth of the {} usable (\"well\"), that fits (\"tight\"), that "
      "fits and loses much (\"at a loss\"), or with parts in host memory (\"partly\"). \"needs\" is the upper bound in "
      "GB, \"up to\" the longest context. `lfmfit plan MODEL --on {}` says how.",
      gb_text(list.device.usable), list.device.asked_as.empty() ? list.device.id : list.device.asked_as);
  return text + styled(wrapped(printable(legend), terminal.width, "  "), Style::kFaint, terminal) + "\n";
}

}  // namespace lfmfit::render
