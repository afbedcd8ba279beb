#include "cross_validation.hpp"

#include <map>
#include <random>
#include <utility>

namespace lfmfit::fit_speed {

namespace {

/// The fold of each row. Shuffles by hand: what std::shuffle draws differs between libraries.
std::vector<std::size_t> draw_folds(const SpeedLaw& law, const std::vector<MeasuredRow>& rows, const Grouping& group,
                                    std::size_t folds, std::uint32_t seed) {
  std::map<std::string, std::size_t> fold_of;
  for (const MeasuredRow& row : rows) fold_of[group(law, row)] = 0;
  std::vector<std::string> groups;
  for (const auto& entry : fold_of) groups.push_back(entry.first);
  std::mt19937 random(seed);
  for (std::size_t i = groups.size(); i > 1; --i) std::swap(groups[i - 1], groups[random() % i]);
  for (std::size_t i = 0; i < groups.size(); ++i) fold_of[groups[i]] = i % folds;
  std::vector<std::size_t> result;
  for (const MeasuredRow& row : rows) result.push_back(fold_of[group(law, row)]);
  return result;
}

}  // namespace

std::string by_device_and_model(const SpeedLaw&, const MeasuredRow& row) {
  return row.device->id + " " + row.model->card.id;
}

std::string by_device(const SpeedLaw&, const MeasuredRow& row) { return row.device->id; }

std::string by_constants(const SpeedLaw& law, const MeasuredRow& row) {
  return speed_row(law, row.backend->name, *row.device).id;
}

std::vector<double> cross_validate(const SpeedLaw& law, const std::vector<MeasuredRow>& rows, const Grouping& group,
                                   std::size_t folds, std::uint32_t seed) {
  const std::vector<std::size_t> fold_of = draw_folds(law, rows, group, folds, seed);
  std::vector<double> result(rows.size(), 0);
  for (std::size_t fold = 0; fold < folds; ++fold) {
    std::vector<MeasuredRow> kept;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (fold_of[i] != fold) kept.push_back(rows[i]);
    }
    if (kept.size() == rows.size()) continue;
    const SpeedLaw fitted = fit_law(law, kept);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (fold_of[i] == fold) result[i] = rows[i].tokens_per_second / predict(fitted, rows[i]);
    }
  }
  return result;
}

std::vector<double> residuals(const SpeedLaw& law, const std::vector<MeasuredRow>& rows) {
  std::vector<double> result;
  for (const MeasuredRow& row : rows) result.push_back(row.tokens_per_second / predict(law, row));
  return result;
}

}  // namespace lfmfit::fit_speed
