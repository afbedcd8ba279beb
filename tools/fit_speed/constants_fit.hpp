#pragma once

#include <string>
#include <vector>

#include "measured_row.hpp"

namespace lfmfit::fit_speed {

/// `constants` with the factors of every row fitted to `rows`, each from where its prior says. Kinds of hardware
/// without rows keep their priors on what their parents' rows say.
SpeedConstants fit(SpeedConstants constants, const std::vector<MeasuredRow>& rows, const std::vector<Era>& eras);

/// Measured / estimated speed of each row.
std::vector<double> ratios_of(SpeedConstants constants, const std::vector<MeasuredRow>& rows,
                              const std::vector<Era>& eras);

/// The rows of constants behind the one with index `leaf`, itself first.
std::vector<std::size_t> chain_of(std::size_t leaf, const std::vector<SpeedRow>& rows);

}  // namespace lfmfit::fit_speed
