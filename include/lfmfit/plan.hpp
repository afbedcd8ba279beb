// How to run one model on one machine: the best quantization that fits, the longest context of each, what goes to the
// GPU; and where nothing fits, what would make it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/estimate.hpp"
#include "lfmfit/remedy.hpp"
#include "lfmfit/report.hpp"
#include "lfmfit/setting.hpp"

namespace lfmfit {

/// One quantization as it would be run.
struct PlanRow {
  std::vector<Setting> changes;  ///< of what was asked besides the quantization: a smaller cache, layers in host memory
  Question question;             ///< with them
  Estimate answer;               ///< to it
  bool serves = false;           ///< it fits without a condition, and is quick enough
  std::optional<Tokens> longest;              ///< context with all of it on the GPUs; unset: none fits
  std::optional<Tokens> longest_small_cache;  ///< the same with the smaller cache; unset too where there is no smaller
};

/// How to run a model on a machine.
struct Plan {
  Question question;  ///< as asked; of a quantization that was left open the one that is usual
  Estimate answer;    ///< to it
  std::optional<TokenRate> min_speed;
  std::string small_cache;          ///< type of the smaller cache: "q8_0"; empty: there is none
  std::vector<PlanRow> rows;        ///< the frontier: each has a better quality, a longer context or more speed
  std::optional<std::size_t> best;  ///< which of `rows` to take; unset: none serves
  std::vector<Remedy> remedies;     ///< what would make the question fit, or where `best` is partial all on the GPUs
};

/// What a plan may draw on.
struct PlanMeans {
  RemedyMeans remedies;
  bool quantization_is_open = true;  ///< the question's own is only the usual one
};

/// Plans `question`, which must have a device and a context in tokens. Of an open quantization the best is the largest
/// that fits with all of it on the GPUs, with the cache as asked or a smaller one; else, no larger than the recommended
/// one, with as little as need be in host memory. Where a speed is asked for, the largest that is quick enough,
/// wherever it lies. Throws like estimate().
Plan make_plan(const Question& question, const PlanMeans& means);

/// The largest of `quantizations`, largest first, with which `question` fits wholly on the GPUs; else, of the
/// recommended one and smaller ones, the largest that fits with parts in host memory; else the smallest. There must be
/// one. The question's own does not count.
const Quantization& best_quantization(const Question& question, const std::vector<const Quantization*>& quantizations);

/// `quantizations` of the model of `question`, largest first; those that cannot be made are left out, and but for the
/// question's own those of the same size as one before.
std::vector<const Quantization*> by_size(const Question& question,
                                         const std::vector<const Quantization*>& quantizations);

/// Of each kind of device in `report` (class and segment, of unified memory the backend) the least that runs it well
/// and quickly enough: the smallest memory, of one size the slowest. Kinds of which none does are left out.
std::vector<DeviceRow> least_devices(const Report& report, const std::optional<TokenRate>& min_speed);

}  // namespace lfmfit
