#pragma once

#include <string>
#include <utility>
#include <vector>

#include "measured_row.hpp"

namespace lfmfit::fit_speed {

/// Errors of a set of rows.
struct ErrorSummary {
  std::size_t rows = 0;
  double median = 0;         ///< of |estimate - measured| / measured
  double within_20 = 0;      ///< share of rows off by at most 20 %
  double bias = 1;           ///< median of measured / estimate
  double low = 0, high = 0;  ///< 10 % and 90 % quantiles of measured / estimate
};

/// Whether the row's model is of the LFM2 or LFM2.5 family.
bool is_lfm2(const MeasuredRow& row);

/// `ratios`: measured / estimate.
ErrorSummary summarize(const std::vector<double>& ratios);

/// The value below which the share `p` of `values` lies, each counted with its weight.
double quantile(std::vector<std::pair<double, double>> values_and_weights, double p);

/// Lines by question, backend, kind of model and, with many rows, generation.
std::string error_table(const std::string& title, const std::vector<MeasuredRow>& rows,
                        const std::vector<double>& ratios, const SpeedConstants& constants);

/// A line for each of the `count` rows whose estimate is furthest off.
std::string worst_rows(const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios, std::size_t count);

}  // namespace lfmfit::fit_speed
