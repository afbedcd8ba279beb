#pragma once

#include "law_fit.hpp"

namespace lfmfit::fit_speed {

/// `law` with bands that hold 84 % of what cross-validation leaves: of rows whose device the fit saw
/// with other models, and, "unmeasured", of rows whose device or generation it did not see. Rounded outwards to 0.01.
SpeedLaw with_bands(SpeedLaw law, const std::vector<MeasuredRow>& rows);

/// The share of `rows` whose measured speed lies in the band for measured, or unmeasured, devices around an estimate.
double coverage(const SpeedLaw& law, const std::vector<MeasuredRow>& rows, const std::vector<double>& ratios,
                bool unmeasured);

}  // namespace lfmfit::fit_speed
