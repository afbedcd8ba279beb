#pragma once

#include <string>
#include <vector>

#include "lfmfit/speed.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit::render {

/// `bytes` as GB (10^9) without the unit: "2.49", from 100 GB on "143.8".
std::string in_gb_text(Bytes bytes);

/// "2.49 GB"
std::string gb_text(Bytes bytes);

/// "4.98": with two decimals.
std::string two_decimals(double value);

/// Tokens per second: "7.3", from 10 on whole: "1234".
std::string rate_text(TokenRate rate);

/// "501 (430-560)"; without a band "501".
std::string band_text(const SpeedEstimate& speed);

/// The same behind a "~" where nothing like it was measured: "~94 (44-108)".
std::string marked_band_text(const SpeedEstimate& speed);

/// `parts` in hundredths of a GB so that the printed parts add up to the printed `total`: each is rounded down, and
/// those that lost most are rounded up until the sum is right. `total` must be the sum of `parts`.
std::vector<std::string> parts_that_add_up(const std::vector<Bytes>& parts, Bytes total);

/// A count of weights as people say it: "1.17 B", "354 M".
std::string parameters_text(std::int64_t parameters);

}  // namespace lfmfit::render
