#include "readme_table.hpp"

#include <fmt/format.h>

#include <functional>

#include "error_table.hpp"

namespace lfmfit::fit_speed {

namespace {

using Chosen = std::function<bool(const MeasuredRow&)>;

std::vector<double> choose(const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios,
                           const Chosen& chosen) {
  std::vector<double> result;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (chosen(rows[i])) result.push_back(ratios[i]);
  }
  return result;
}

}  // namespace

std::string readme_table(const std::vector<MeasuredRow>& rows, const std::vector<double>& models_left_out,
                         const std::vector<double>& devices_left_out) {
  std::string text =
      "| | rows | model left out: median error | within 20 % | device left out: median error | within 20 % |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: |\n";
  const auto add = [&](const std::string& name, const Chosen& chosen) {
    const ErrorSummary models = summarize(choose(rows, models_left_out, chosen));
    const ErrorSummary devices = summarize(choose(rows, devices_left_out, chosen));
    if (models.rows == 0) return;
    text += fmt::format("| {} | {} | {:.1f} % | {:.0f} % | {:.1f} % | {:.0f} % |\n", name, models.rows,
                        100 * models.median, 100 * models.within_20, 100 * devices.median, 100 * devices.within_20);
  };
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    const auto question = static_cast<SpeedQuestion>(q);
    const std::string name = name_of(question);
    const auto plain = [question](const MeasuredRow& row) {
      return row.run.question == question && !row.on_host && row.runtime.empty();
    };
    add(name, plain);
    for (const char* backend : {"cuda", "rocm", "vulkan", "metal", "cpu"})
      add(name + ", " + backend, [&](const MeasuredRow& row) { return plain(row) && row.backend->name == backend; });
    add(name + ", LFM2", [&](const MeasuredRow& row) { return plain(row) && is_lfm2(row); });
    add(name + ", parts in host memory",
        [&](const MeasuredRow& row) { return row.run.question == question && row.on_host; });
  }
  return text;
}

}  // namespace lfmfit::fit_speed
