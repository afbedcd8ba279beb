#include "readme_table.hpp"

#include <fmt/format.h>

#include "cross_validation.hpp"
#include "error_table.hpp"

namespace lfmfit::fit_speed {

namespace {

std::string line(const std::string& name, const std::vector<double>& ratios) {
  const ErrorSummary errors = summarize(ratios);
  return fmt::format("| {} | {} | {:.1f} % | {:.0f} % |\n", name, errors.rows, 100 * errors.median,
                     100 * errors.within_20);
}

std::vector<double> of_dense_lfm2(const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios) {
  std::vector<double> chosen;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (is_lfm2(rows[i]) && !rows[i].has_experts) chosen.push_back(ratios[i]);
  }
  return chosen;
}

std::string lines(const std::string& name, const SpeedLaw& law, const std::vector<MeasuredRow>& rows) {
  const std::vector<double> models = cross_validate(law, rows, by_device_and_model, kFolds, kFreshSeed);
  return line(name + ", other models on known devices", models) +
         line("of them LFM2, dense", of_dense_lfm2(rows, models)) +
         line(name + ", devices without any measurement", cross_validate(law, rows, by_device, rows.size(), 0));
}

}  // namespace

std::string readme_table(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows) {
  return "| | rows | median error | within 20 % |\n| --- | ---: | ---: | ---: |\n" +
         lines("decode", constants.decode, rows_of(SpeedLawKind::kDecode, rows)) +
         lines("prefill", constants.prefill, rows_of(SpeedLawKind::kPrefill, rows));
}

}  // namespace lfmfit::fit_speed
