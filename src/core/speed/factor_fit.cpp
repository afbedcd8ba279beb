#include "core/speed/factor_fit.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lfmfit::speed {

namespace {

constexpr double kHuber = 1.5;        // deviations from which on a row pulls no harder
constexpr double kLongestStep = 0.5;  // of a logarithm at once
constexpr double kStill = 1e-4;

/// The lower half of a symmetric matrix.
using Matrix = std::vector<std::vector<double>>;

/// Solves a symmetric system in place by Cholesky's method, which leaves alone what lies before the first number of a
/// row: parameters of backends have nothing to do with each other. The prior makes it positive definite.
std::vector<double> solve(Matrix& matrix, std::vector<double> side) {
  const std::size_t count = side.size();
  std::vector<std::size_t> first(count);
  for (std::size_t i = 0; i < count; ++i) {
    while (first[i] < i && matrix[i][first[i]] == 0) ++first[i];
    for (std::size_t j = first[i]; j <= i; ++j) {
      double value = matrix[i][j];
      for (std::size_t k = std::max(first[i], first[j]); k < j; ++k) value -= matrix[i][k] * matrix[j][k];
      matrix[i][j] = j < i ? value / matrix[j][j] : std::sqrt(std::max(value, 1e-12));
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = first[i]; k < i; ++k) side[i] -= matrix[i][k] * side[k];
    side[i] /= matrix[i][i];
  }
  for (std::size_t i = count; i-- > 0;) {
    side[i] /= matrix[i][i];
    for (std::size_t k = first[i]; k < i; ++k) side[k] -= matrix[i][k] * side[i];
  }
  return side;
}

double bounded(double value, const FitParameter& parameter) {
  if (parameter.low < 0) value = std::max(value, parameter.low);
  if (parameter.high > 0) value = std::min(value, parameter.high);
  return value;
}

}  // namespace

std::vector<double> fit_factors(const std::vector<FitParameter>& parameters, const FitModel& model, double noise,
                                int steps) {
  const std::size_t count = parameters.size();
  std::vector<double> logarithms(count, 0.0);
  for (int step = 0; step < steps; ++step) {
    Matrix matrix(count);
    std::vector<double> side(count, 0.0);
    for (std::size_t i = 0; i < count; ++i) {
      const double prior = 1 / (parameters[i].deviation * parameters[i].deviation);
      matrix[i].resize(i + 1, 0.0);
      matrix[i][i] = prior;
      side[i] = -prior * logarithms[i];
    }
    for (const FitRow& row : model(logarithms, true)) {
      const double deviations = std::abs(row.error) / noise;
      const double weight = row.weight / (noise * noise) * std::min(1.0, kHuber / std::max(deviations, 1e-9));
      for (const auto& [i, slope] : row.slopes) {
        side[i] -= weight * slope * row.error;
        for (const auto& [j, other] : row.slopes) {
          if (j <= i) matrix[i][j] += weight * slope * other;
        }
      }
    }
    const std::vector<double> change = solve(matrix, side);
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double next = bounded(logarithms[i] + std::clamp(change[i], -kLongestStep, kLongestStep), parameters[i]);
      largest = std::max(largest, std::abs(next - logarithms[i]));
      logarithms[i] = next;
    }
    if (largest < kStill) break;
  }
  return logarithms;
}

}  // namespace lfmfit::speed
