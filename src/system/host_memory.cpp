#include "system/host_memory.hpp"

#include <algorithm>
#include <cmath>

#include "system/cgroup.hpp"
#include "system/cpu_info.hpp"
#include "system/memory_modules.hpp"

namespace lfmfit {

namespace {

/// The bytes that /proc/meminfo says of `key`; 0: nothing.
Bytes memory_called(std::string_view info, std::string_view key) {
  constexpr std::int64_t kMostKib = std::int64_t{1} << 50;
  for (const std::string_view line : lines_of(info)) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != 3 || words[0] != key || words[2] != "kB") continue;
    const std::optional<std::int64_t> kib = whole_number_of(words[1]);
    return kib && *kib < kMostKib ? Bytes(*kib) * 1024 : Bytes(0);
  }
  return Bytes(0);
}

}  // namespace

Host find_host(const SystemFiles& files) {
  Host host;
  host.processor = find_processor(files);
  if (!host.processor.is_virtual) host.modules = find_memory_modules(files);
  const std::string info = files.text("/proc/meminfo");
  host.installed = host.total = memory_called(info, "MemTotal:");
  host.available = std::min(memory_called(info, "MemAvailable:"), host.total);
  const CgroupLimits limits = find_cgroup_limits(files);
  if (limits.memory && *limits.memory < host.total) host.total = *limits.memory;
  if (limits.available) host.available = std::min(host.available, *limits.available);
  if (limits.cpus) {
    const int cpus = static_cast<int>(std::ceil(std::min(*limits.cpus, 1e6)));
    host.processor.threads = std::min(host.processor.threads, std::max(cpus, 1));
  }
  return host;
}

}  // namespace lfmfit
