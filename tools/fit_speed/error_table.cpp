#include "error_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <numeric>

namespace lfmfit::fit_speed {

namespace {

constexpr std::int64_t kDeep = 4000;

/// What lines of the table a row belongs to.
std::vector<std::string> kinds_of(const MeasuredRow& row, const SpeedConstants& constants) {
  std::string question = name_of(row.run.question);
  if (row.on_host) question = "offloaded " + question;
  std::vector<std::string> kinds{question, question + ", " + row.backend->name};
  if (row.on_host) return kinds;
  kinds.push_back(question + ", " + constants.rows[constants_of(row, constants)].id);
  const bool recurs = row.run.workload.device.states > 0;
  kinds.push_back(question + (row.has_experts ? ", mixtures of experts" : recurs ? ", recurrent states" : ", dense"));
  if (is_lfm2(row)) kinds.push_back(question + ", LFM2");
  if (row.run.workload.depth >= kDeep) kinds.push_back(question + " from 4000 tokens");
  if (!row.runtime.empty()) kinds.push_back(question + ", " + row.runtime);
  return kinds;
}

}  // namespace

bool is_lfm2(const MeasuredRow& row) { return row.model->card.family.rfind("LFM2", 0) == 0; }

double quantile(std::vector<std::pair<double, double>> values_and_weights, double p) {
  std::sort(values_and_weights.begin(), values_and_weights.end());
  double total = 0, passed = 0;
  for (const auto& entry : values_and_weights) total += entry.second;
  for (const auto& entry : values_and_weights) {
    passed += entry.second;
    if (passed >= p * total) return entry.first;
  }
  return values_and_weights.empty() ? 0 : values_and_weights.back().first;
}

ErrorSummary summarize(const std::vector<double>& ratios) {
  std::vector<std::pair<double, double>> errors, spread;
  for (double ratio : ratios) {
    errors.push_back({std::abs(1 / ratio - 1), 1});
    spread.push_back({ratio, 1});
  }
  const auto within = std::count_if(errors.begin(), errors.end(), [](const auto& error) { return error.first <= 0.2; });
  return {ratios.size(),
          quantile(errors, 0.5),
          static_cast<double>(within) / static_cast<double>(std::max<std::size_t>(ratios.size(), 1)),
          quantile(spread, 0.5),
          quantile(spread, 0.1),
          quantile(spread, 0.9)};
}

std::string error_table(const std::string& title, const std::vector<MeasuredRow>& rows,
                        const std::vector<double>& ratios, const SpeedConstants& constants) {
  std::map<std::string, std::vector<double>> kinds;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const std::string& kind : kinds_of(rows[i], constants)) kinds[kind].push_back(ratios[i]);
  }
  std::string text = fmt::format("{}\n{:44} {:>5} {:>13} {:>12} {:>28}\n", title, "", "rows", "median error",
                                 "within 20 %", "measured/est. 10, 50, 90 %");
  for (const auto& [kind, chosen] : kinds) {
    const ErrorSummary errors = summarize(chosen);
    text += fmt::format("{:44} {:5} {:11.1f} % {:10.0f} % {:12.2f} {:.2f} {:.2f}\n", kind, errors.rows,
                        100 * errors.median, 100 * errors.within_20, errors.low, errors.bias, errors.high);
  }
  return text;
}

std::string worst_rows(const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios, std::size_t count) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(std::log(ratios[a])) > std::abs(std::log(ratios[b]));
  });
  order.resize(std::min(count, order.size()));
  std::string text;
  for (std::size_t i : order) {
    const MeasuredRow& row = rows[i];
    text +=
        fmt::format("  measured {:8.1f}, {:4.2f} of the estimate: {} {} {} {} {} depth {} requests {} ({})\n",
                    row.run.measured.value(), ratios[i], name_of(row.run.question), row.device->id, row.backend->name,
                    row.model->card.id, row.quantization->name, row.run.workload.depth, row.run.requests, row.date);
  }
  return text;
}

}  // namespace lfmfit::fit_speed
