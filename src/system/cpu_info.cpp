#include "system/cpu_info.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

namespace lfmfit {

namespace {

constexpr std::size_t kMaxInfo = 16U << 20;  // 2 KiB for each of thousands of threads
constexpr int kMaxThreads = 1 << 16;

/// Flags that say for which of llama.cpp's kernels a processor is good, and what people call them.
constexpr std::array<std::pair<std::string_view, const char*>, 15> kFeatures{{{"avx", "AVX"},
                                                                              {"f16c", "F16C"},
                                                                              {"avx2", "AVX2"},
                                                                              {"avx_vnni", "AVX-VNNI"},
                                                                              {"avx512f", "AVX-512"},
                                                                              {"avx512_vnni", "AVX-512 VNNI"},
                                                                              {"avx512_bf16", "AVX-512 BF16"},
                                                                              {"amx_int8", "AMX"},
                                                                              {"asimd", "NEON"},
                                                                              {"asimddp", "DOTPROD"},
                                                                              {"i8mm", "I8MM"},
                                                                              {"bf16", "BF16"},
                                                                              {"sve", "SVE"},
                                                                              {"sve2", "SVE2"},
                                                                              {"sme", "SME"}}};

int small_number(std::string_view text) {
  const std::optional<std::int64_t> number = whole_number_of(text);
  return number && *number <= 1 << 24 ? static_cast<int>(*number) : 0;
}

void set_features(std::string_view flags, Processor& processor) {
  const std::vector<std::string_view> words = words_of(flags);
  const std::set<std::string_view> known(words.begin(), words.end());
  for (const auto& [flag, name] : kFeatures) {
    if (known.count(flag) > 0) processor.features.emplace_back(name);
  }
  processor.is_virtual = known.count("hypervisor") > 0;
}

/// One field of the first processor that has it.
void set_field(std::string_view key, std::string_view value, Processor& processor) {
  const auto set_once = [](int& field, int number) {
    if (field == 0) field = number;
  };
  if (key == "vendor_id" && processor.vendor.empty()) processor.vendor = value;
  if (key == "model name" && processor.name.empty()) processor.name = value;
  if (key == "cpu family" || key == "CPU implementer") set_once(processor.family, small_number(value));
  if (key == "model" || key == "CPU part") set_once(processor.model, small_number(value));
  if (key == "stepping") set_once(processor.stepping, small_number(value));
  if (key == "CPU implementer") processor.vendor = "ARM";
  if ((key == "flags" || key == "Features") && processor.features.empty()) set_features(value, processor);
}

/// How many numbers a list like "0-3,8" names.
int count_of_list(std::string_view list) {
  std::int64_t count = 0;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view range = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const std::size_t dash = range.find('-');
    const std::optional<std::int64_t> first = whole_number_of(range.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : whole_number_of(range.substr(dash + 1));
    if (!first || !last || *last < *first || *last > kMaxThreads) return 0;
    count += *last - *first + 1;
  }
  return static_cast<int>(std::min<std::int64_t>(count, kMaxThreads));
}

/// The processors that this process may run on; 0: not known.
int allowed_threads(const SystemFiles& files) {
  const std::string status = files.text("/proc/self/status");
  for (const std::string_view line : lines_of(status)) {
    constexpr std::string_view kKey = "Cpus_allowed_list:";
    if (line.substr(0, kKey.size()) == kKey) return count_of_list(without_blanks(line.substr(kKey.size())));
  }
  return 0;
}

}  // namespace

Processor find_processor(const SystemFiles& files) {
  Processor processor;
  std::set<std::string> sockets;
  std::set<std::pair<std::string, std::string>> cores;
  std::string socket;
  int threads = 0;
  const std::string info = files.text("/proc/cpuinfo", kMaxInfo);
  for (const std::string_view line : lines_of(info)) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string key = without_blanks(line.substr(0, colon));
    const std::string value = without_blanks(line.substr(colon + 1));
    if (key == "processor") ++threads;
    if (key == "physical id") sockets.insert(socket = value);
    if (key == "core id") cores.insert({socket, value});
    set_field(key, value, processor);
  }
  processor.sockets = std::max(static_cast<int>(sockets.size()), threads > 0 ? 1 : 0);
  processor.cores = cores.empty() ? threads : static_cast<int>(cores.size());
  const int allowed = allowed_threads(files);
  processor.threads = allowed > 0 ? std::min(allowed, threads) : threads;
  return processor;
}

}  // namespace lfmfit
