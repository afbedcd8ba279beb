#include "system/visible_gpus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "system/system_files.hpp"

namespace lfmfit {

namespace {

bool is_named(const NvmlAnswer::Gpu& gpu, const std::string& word) {
  const std::optional<std::int64_t> number = whole_number_of(word);
  if (number) return gpu.index == *number;
  return word.size() > 4 && gpu.uuid.compare(0, word.size(), word) == 0;
}

bool differ(const std::vector<NvmlAnswer::Gpu>& gpus) {
  return std::any_of(gpus.begin(), gpus.end(),
                     [&](const NvmlAnswer::Gpu& gpu) { return gpu.found.name != gpus.front().found.name; });
}

}  // namespace

NvmlAnswer visible_gpus(NvmlAnswer answer, const std::string& list) {
  std::vector<NvmlAnswer::Gpu> visible;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    const std::string word = without_blanks(std::string_view(list).substr(from, comma - from));
    const std::size_t before = visible.size();
    for (const NvmlAnswer::Gpu& gpu : answer.gpus) {
      if (is_named(gpu, word)) visible.push_back(gpu);
    }
    if (visible.size() == before || visible.size() > answer.gpus.size()) break;
    from = comma + 1;
  }
  const std::size_t hidden = answer.gpus.size() - std::min(visible.size(), answer.gpus.size());
  if (hidden > 0)
    answer.problems.push_back(fmt::format(
        "CUDA_VISIBLE_DEVICES={} hides {} of {} GPUs{}", list.substr(0, 80), hidden, answer.gpus.size(),
        differ(answer.gpus) ? "; CUDA counts the fastest first unless CUDA_DEVICE_ORDER=PCI_BUS_ID, here they are "
                              "counted as nvidia-smi does"
                            : ""));
  answer.gpus = std::move(visible);
  return answer;
}

}  // namespace lfmfit
