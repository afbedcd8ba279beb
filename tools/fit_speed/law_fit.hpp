#pragma once

#include <vector>

#include "measured_row.hpp"

namespace lfmfit::fit_speed {

/// `law` with the coefficients of each row fitted to `rows`, from the backend down: each row starts from its parent's
/// fit. Measurements of a row that stands apart do not count for its parent.
SpeedLaw fit_law(SpeedLaw law, const std::vector<MeasuredRow>& rows);

/// Tokens per second that `law` gives for the conditions of `row`.
double predict(const SpeedLaw& law, const MeasuredRow& row);

/// Measurements in `rows` behind each row of `law`, those of its children included.
std::vector<int> count_rows(const SpeedLaw& law, const std::vector<MeasuredRow>& rows);

}  // namespace lfmfit::fit_speed
