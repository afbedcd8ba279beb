#include "error_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <set>
#include <utility>

namespace lfmfit::fit_speed {

namespace {

constexpr std::int64_t kSmallModel = 2'000'000'000;
constexpr Tokens kDeep(4000);

struct Kind {
  std::string name;
  std::function<bool(const MeasuredRow&)> holds;
};

std::vector<Kind> kinds_of(const std::vector<MeasuredRow>& rows) {
  std::vector<Kind> kinds{{"all", [](const MeasuredRow&) { return true; }}};
  std::set<std::string> backends;
  for (const MeasuredRow& row : rows) backends.insert(row.backend->name);
  for (const std::string& backend : backends)
    kinds.push_back({backend, [backend](const MeasuredRow& row) { return row.backend->name == backend; }});
  kinds.push_back({"LFM2", is_lfm2});
  kinds.push_back({"LFM2, dense", [](const MeasuredRow& row) { return is_lfm2(row) && !row.has_experts; }});
  kinds.push_back({"mixtures of experts", [](const MeasuredRow& row) { return row.has_experts; }});
  kinds.push_back({"dense below 2 B", [](const MeasuredRow& row) {
                     return !row.has_experts && parameter_count(*row.model) < kSmallModel;
                   }});
  kinds.push_back({"from 4000 tokens", [](const MeasuredRow& row) { return row.depth >= kDeep; }});
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
  return {ratios.size(), quantile(errors, 0.5),
          static_cast<double>(within) / static_cast<double>(std::max<std::size_t>(ratios.size(), 1)),
          quantile(spread, 0.08), quantile(spread, 0.92)};
}

std::string error_table(const std::string& title, const std::vector<MeasuredRow>& rows,
                        const std::vector<double>& ratios) {
  std::string text = fmt::format("{}\n{:24} {:>5} {:>13} {:>12} {:>20}\n", title, "", "rows", "median error",
                                 "within 20 %", "measured/est. 8-92 %");
  for (const Kind& kind : kinds_of(rows)) {
    std::vector<double> chosen;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (kind.holds(rows[i])) chosen.push_back(ratios[i]);
    }
    if (chosen.empty()) continue;
    const ErrorSummary errors = summarize(chosen);
    text += fmt::format("{:24} {:5} {:11.1f} % {:10.0f} % {:12.2f} - {:.2f}\n", kind.name, errors.rows,
                        100 * errors.median, 100 * errors.within_20, errors.low, errors.high);
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
    text += fmt::format("  measured {:8.1f}, {:4.2f} of the estimate: {} {} {} {} depth {} ({})\n",
                        row.tokens_per_second, ratios[i], row.device->id, row.backend->name, row.model->card.id,
                        row.quantization->name, row.depth.count(), row.date);
  }
  return text;
}

}  // namespace lfmfit::fit_speed
