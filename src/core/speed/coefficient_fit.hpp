#pragma once

#include <vector>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit::speed {

/// One measurement as a fit sees it.
struct MeasuredTime {
  Coefficients amounts{};  ///< of work: seconds for each unit of a coefficient
  double seconds = 0;      ///< that were measured; positive
  double weight = 1;
};

/// Where a fit starts, and how far it may go.
struct FitPrior {
  Coefficients value{};
  Coefficients relative_sd{};  ///< how far a coefficient usually lies from its value here
  Coefficients lower_bound{};
  double noise = 0.1;  ///< relative spread of measurements under equal conditions
};

/// The coefficients that explain `times` best without going further from the prior than the measurements are worth:
/// the least sum of weight x h(ln(estimate / measured) / noise) + ((c - prior) / (sd x prior))^2, where h is Huber's
/// loss, so that a few odd rows pull no harder than others. Without measurements, the prior.
Coefficients fit_coefficients(const std::vector<MeasuredTime>& times, const FitPrior& prior);

}  // namespace lfmfit::speed
