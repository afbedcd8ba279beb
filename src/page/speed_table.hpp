#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "lfmfit/model_page.hpp"

namespace lfmfit {

/// The speeds of a page, device by device. The work of each state is counted once.
class SpeedTable {
 public:
  /// References must outlive the table.
  SpeedTable(const Question& question, const PageChoices& choices, const std::vector<Tokens>& depths,
             const std::vector<std::vector<Tensor>>& stored)
      : question_(question), choices_(choices), depths_(depths), stored_(stored) {}

  /// With `gpus` GPUs of `device`. Unset where nothing is known of it.
  std::optional<PageSpeed> speed(const Device& device, const Backend& backend, int gpus);

 private:
  /// What the states cost on GPUs or CPUs: by quantization, and by cache with the first quantization.
  struct Work {
    std::vector<std::optional<Workload>> by_quantization, by_cache;
  };

  const Work& work(const Backend& backend, std::int64_t gpus);
  PageSpeed speed_of(const Work& work, const SpeedTarget& target) const;

  const Question& question_;
  const PageChoices& choices_;
  const std::vector<Tokens>& depths_;
  const std::vector<std::vector<Tensor>>& stored_;
  std::map<std::pair<bool, std::int64_t>, Work> works_;  ///< by whether it is a CPU's, and GPUs
};

}  // namespace lfmfit
