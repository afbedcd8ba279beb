#pragma once

#include "constants_fit.hpp"

namespace lfmfit::fit_speed {

/// `constants` with a band for each question and kind of hardware that has rows enough, which holds 82 % of what
/// cross-validation leaves: `known`, with models left out that a device was measured with, and `unknown`, with devices
/// left out. Kinds with few rows have the band of their parents.
SpeedConstants with_bands(SpeedConstants constants, const std::vector<MeasuredRow>& rows,
                          const std::vector<double>& known, const std::vector<double>& unknown);

/// Counts the measurements of each device of `constants`, where the estimates do not miss them.
void count_measurements(SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                        const std::vector<double>& ratios);

/// The share of rows without host memory whose measured speed lies in the band around an estimate.
double coverage(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                const std::vector<double>& ratios, SpeedQuestion question, bool unmeasured);

}  // namespace lfmfit::fit_speed
