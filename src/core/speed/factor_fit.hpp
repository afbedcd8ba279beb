#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace lfmfit::speed {

/// A factor that a fit may change.
struct FitParameter {
  double deviation = 0.1;  ///< how far the factor's logarithm usually lies from where it starts
  double low = 0;          ///< the logarithm does not go below this from where it starts; 0: no bound
  double high = 0;         ///< nor above this; 0: no bound
};

/// What one measurement says of the parameters.
struct FitRow {
  double error = 0;  ///< logarithm of estimated / measured time
  double weight = 1;
  std::vector<std::pair<std::size_t, double>> slopes;  ///< of the error, by parameter that decides it
};

/// Errors of all measurements, and their slopes where asked for, with the parameters' logarithms as given.
using FitModel = std::function<std::vector<FitRow>(const std::vector<double>& logarithms, bool slopes)>;

/// The logarithms of the factors that explain all measurements best without going further than they are worth: the
/// least sum of weight x h(error / noise) + (logarithm / deviation)^2, where h is Huber's loss, so that a few odd rows
/// pull no harder than others.
std::vector<double> fit_factors(const std::vector<FitParameter>& parameters, const FitModel& model, double noise,
                                int steps = 8);

}  // namespace lfmfit::speed
