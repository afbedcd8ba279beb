#include "core/speed/coefficient_fit.hpp"

#include <algorithm>
#include <cmath>

#include "core/speed/laws.hpp"

namespace lfmfit::speed {

namespace {

constexpr int kReweightings = 20;
constexpr int kSweeps = 60;
constexpr double kSmallestPrior = 1e-3;

/// The least squares of one reweighting as normal equations: matrix x coefficients = side.
struct NormalEquations {
  std::array<Coefficients, kCoefficientCount> matrix{};
  Coefficients side{};
};

NormalEquations normal_equations(const std::vector<MeasuredTime>& times, const FitPrior& prior,
                                 const Coefficients& current) {
  NormalEquations equations;
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    const double sd = prior.relative_sd[i] * prior.value[i];
    equations.matrix[i][i] = 1 / (sd * sd);
    equations.side[i] = prior.value[i] / (sd * sd);
  }
  for (const MeasuredTime& time : times) {
    const double estimate = seconds(current, time.amounts);
    const double deviation = std::abs(std::log(estimate / time.seconds)) / prior.noise;
    const double weight =
        time.weight / std::max(1.0, deviation) / (prior.noise * prior.noise * estimate * time.seconds);
    for (std::size_t i = 0; i < kCoefficientCount; ++i) {
      for (std::size_t j = 0; j < kCoefficientCount; ++j)
        equations.matrix[i][j] += weight * time.amounts[i] * time.amounts[j];
      equations.side[i] += weight * time.amounts[i] * time.seconds;
    }
  }
  return equations;
}

/// Coordinate descent that never goes below the bounds.
void solve(const NormalEquations& equations, const Coefficients& lower_bound, Coefficients& current) {
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    double change = 0;
    for (std::size_t i = 0; i < kCoefficientCount; ++i) {
      const double step = (equations.side[i] - seconds(equations.matrix[i], current)) / equations.matrix[i][i];
      const double next = std::max(lower_bound[i], current[i] + step);
      change = std::max(change, std::abs(next - current[i]) / std::max(next, 1e-6));
      current[i] = next;
    }
    if (change < 1e-6) return;
  }
}

}  // namespace

Coefficients fit_coefficients(const std::vector<MeasuredTime>& times, const FitPrior& prior) {
  FitPrior start = prior;
  for (double& value : start.value) value = std::max(value, kSmallestPrior);
  Coefficients current{};
  for (std::size_t i = 0; i < kCoefficientCount; ++i) current[i] = std::max(start.value[i], prior.lower_bound[i]);
  if (times.empty()) return current;
  for (int i = 0; i < kReweightings; ++i) solve(normal_equations(times, start, current), prior.lower_bound, current);
  return current;
}

}  // namespace lfmfit::speed
