#include "cross_validation.hpp"

#include <map>
#include <random>
#include <utility>

namespace lfmfit::fit_speed {

namespace {

/// The fold of each row. Shuffles by hand: what std::shuffle draws differs between libraries.
std::vector<std::size_t> draw_folds(const std::vector<MeasuredRow>& rows, const Grouping& group, std::uint32_t seed) {
  std::map<std::string, std::size_t> fold_of;
  for (const MeasuredRow& row : rows) fold_of[group(row)] = 0;
  std::vector<std::string> groups;
  for (const auto& entry : fold_of) groups.push_back(entry.first);
  std::mt19937 random(seed);
  for (std::size_t i = groups.size(); i > 1; --i) std::swap(groups[i - 1], groups[random() % i]);
  for (std::size_t i = 0; i < groups.size(); ++i) fold_of[groups[i]] = i % kFolds;
  std::vector<std::size_t> result;
  for (const MeasuredRow& row : rows) result.push_back(fold_of[group(row)]);
  return result;
}

}  // namespace

std::string by_device_and_model(const MeasuredRow& row) { return row.device->id + " " + row.model->card.id; }

std::string by_device(const MeasuredRow& row) { return row.device->id; }

std::string by_model(const MeasuredRow& row) { return row.model->card.id; }

std::vector<double> cross_validate(const SpeedConstants& constants, const std::vector<MeasuredRow>& rows,
                                   const std::vector<Era>& eras, const Grouping& group, std::uint32_t seed) {
  const std::vector<std::size_t> fold_of = draw_folds(rows, group, seed);
  std::vector<double> result(rows.size(), 0);
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    std::vector<MeasuredRow> kept = rows;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (fold_of[i] == fold) kept[i].weight = 0;
    }
    SpeedConstants fitted = fit(constants, kept, eras);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (fold_of[i] == fold) result[i] = ratio_of(rows[i], fitted, eras);
    }
  }
  return result;
}

}  // namespace lfmfit::fit_speed
