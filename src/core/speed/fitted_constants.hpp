#pragma once

#include <vector>

#include "lfmfit/calibration.hpp"

namespace lfmfit::speed {

/// How far the logarithm of a constant usually lies from that of a similar kind of hardware; 0: it is not fitted.
double usual_deviation(Coefficient coefficient);

/// The constants that measurements decide, in order.
const std::vector<Coefficient>& fitted_coefficients();

/// Seconds that `run` takes on `target`.
double seconds_of(const MeasuredRun& run, const SpeedTarget& target);

/// Seconds that were measured.
double measured_seconds(const MeasuredRun& run);

/// The slopes of ln(seconds) of `run` over the logarithm of each fitted constant of `row`, which is one of the rows of
/// `target.constants` and the one that holds for its device; it is left as it was.
std::vector<double> slopes_of(const MeasuredRun& run, const SpeedTarget& target, SpeedRow& row);

}  // namespace lfmfit::speed
