#include "law_fit.hpp"

#include <algorithm>

#include "core/speed/laws.hpp"

namespace lfmfit::fit_speed {

using namespace speed;

namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::size_t index_of(const SpeedLaw& law, const std::string& id) {
  for (std::size_t i = 0; i < law.rows.size(); ++i) {
    if (law.rows[i].id == id) return i;
  }
  return kNone;
}

/// The rows of the law that a measurement belongs to, the narrowest first.
std::vector<std::size_t> chain_of(const SpeedLaw& law, const MeasuredRow& row) {
  std::vector<std::size_t> chain;
  std::size_t i = index_of(law, speed_row(law, row.backend->name, *row.device).id);
  for (; i != kNone; i = index_of(law, law.rows[i].parent)) chain.push_back(i);
  return chain;
}

FitPrior prior_of(const SpeedLaw& law, const SpeedRow& row) {
  FitPrior prior{row.prior, law.relative_sd, law.lower_bound, law.noise};
  const std::size_t parent = index_of(law, row.parent);
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    if (parent != kNone) prior.value[i] *= law.rows[parent].coefficients[i];
    prior.relative_sd[i] *= row.sd_factor;
  }
  return prior;
}

}  // namespace

SpeedLaw fit_law(SpeedLaw law, const std::vector<MeasuredRow>& rows) {
  std::vector<std::vector<MeasuredTime>> times(law.rows.size());
  for (const MeasuredRow& row : rows) {
    for (std::size_t i : chain_of(law, row)) {
      times[i].push_back(row.time);
      if (law.rows[i].apart) break;
    }
  }
  for (std::size_t i = 0; i < law.rows.size(); ++i) {
    law.rows[i].coefficients = fit_coefficients(times[i], prior_of(law, law.rows[i]));
  }
  return law;
}

double predict(const SpeedLaw& law, const MeasuredRow& row) {
  const SpeedRow& constants = speed_row(law, row.backend->name, *row.device);
  return row.tokens_per_second * row.time.seconds / seconds(constants.coefficients, row.time.amounts);
}

std::vector<int> count_rows(const SpeedLaw& law, const std::vector<MeasuredRow>& rows) {
  std::vector<int> counts(law.rows.size(), 0);
  for (const MeasuredRow& row : rows) {
    for (std::size_t i : chain_of(law, row)) ++counts[i];
  }
  return counts;
}

}  // namespace lfmfit::fit_speed
