#include "system/cgroup.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxMounts = 1U << 20;

/// Where a hierarchy of groups is mounted, and which of its groups the mount shows.
struct Mount {
  fs::path point, root;
};

/// The mount of the version 2 hierarchy (`controller` empty), or of the version 1 hierarchy of `controller`.
std::optional<Mount> mount_of(const SystemFiles& files, std::string_view controller) {
  const std::string mounts = files.text("/proc/self/mountinfo", kMaxMounts);
  for (const std::string_view line : lines_of(mounts)) {
    // "32 31 0:29 / /sys/fs/cgroup/memory rw,relatime shared:1 - cgroup cgroup rw,memory"
    const std::vector<std::string_view> words = words_of(line);
    const auto dash = std::find(words.begin(), words.end(), "-");
    if (words.size() < 6 || words.end() - dash < 4) continue;
    const std::string options = "," + std::string(dash[3]) + ",";
    const bool wanted = controller.empty() ? dash[1] == "cgroup2"
                                           : dash[1] == "cgroup" &&
                                                 options.find("," + std::string(controller) + ",") != std::string::npos;
    if (wanted) return Mount{fs::path(std::string(words[4])), fs::path(std::string(words[3]))};
  }
  return std::nullopt;
}

/// The path of this process's group in that hierarchy.
std::optional<fs::path> own_group(const SystemFiles& files, std::string_view controller) {
  const std::string text = files.text("/proc/self/cgroup");
  for (const std::string_view line : lines_of(text)) {
    // "4:memory:/user.slice", "0::/user.slice"
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string controllers = "," + std::string(line.substr(first + 1, second - first - 1)) + ",";
    const bool wanted = controller.empty() ? controllers == ",,"
                                           : controllers.find("," + std::string(controller) + ",") != std::string::npos;
    if (wanted) return fs::path(std::string(line.substr(second + 1)));
  }
  return std::nullopt;
}

/// The folders of this process's group and of the groups around it, as far as the mount shows them.
std::vector<fs::path> groups(const SystemFiles& files, std::string_view controller) {
  const std::optional<Mount> mount = mount_of(files, controller);
  const std::optional<fs::path> group = own_group(files, controller);
  if (!mount || !group) return {};
  fs::path inside = group->lexically_normal().lexically_relative(mount->root.lexically_normal());
  // a container sees its own group as the mount itself, though /proc names the path outside
  if (inside.empty() || *inside.begin() == ".." || inside == ".") inside.clear();
  std::vector<fs::path> folders;
  for (int depth = 0; depth < kMaxDepth && !inside.empty(); ++depth) {
    folders.push_back(mount->point / inside);
    inside = inside.parent_path();
  }
  folders.push_back(mount->point);
  return folders;
}

/// The number behind `key` in lines of "key number".
std::int64_t value_of(std::string_view text, std::string_view key) {
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() == 2 && words[0] == key) return whole_number_of(words[1]).value_or(0);
  }
  return 0;
}

/// The names that a version gives its files and counters.
struct MemoryNames {
  const char *limit, *usage, *active_file, *inactive_file;
};
constexpr MemoryNames kVersion2{"memory.max", "memory.current", "active_file", "inactive_file"};
constexpr MemoryNames kVersion1{"memory.limit_in_bytes", "memory.usage_in_bytes", "total_active_file",
                                "total_inactive_file"};

void keep_least(std::optional<Bytes>& least, Bytes bytes) { least = least ? std::min(*least, bytes) : bytes; }

void limit_memory(const SystemFiles& files, const fs::path& group, const MemoryNames& names, CgroupLimits& limits) {
  const std::optional<std::int64_t> limit = files.number(group / names.limit);
  constexpr std::int64_t kNoLimit = std::int64_t{1} << 62;  // version 1 writes the greatest number of whole pages
  if (!limit || *limit >= kNoLimit) return;
  keep_least(limits.memory, Bytes(*limit));
  const std::string counters = files.text(group / "memory.stat");
  const std::int64_t used = files.number(group / names.usage).value_or(0);
  const std::int64_t cached = std::min(
      std::min(value_of(counters, names.active_file), used) + std::min(value_of(counters, names.inactive_file), used),
      used);
  keep_least(limits.available, Bytes(std::max<std::int64_t>(*limit - (used - cached), 0)));
}

void limit_cpus(std::optional<std::int64_t> quota, std::optional<std::int64_t> period, CgroupLimits& limits) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return;
  const double cpus = static_cast<double>(*quota) / static_cast<double>(*period);
  limits.cpus = limits.cpus ? std::min(*limits.cpus, cpus) : cpus;
}

}  // namespace

CgroupLimits find_cgroup_limits(const SystemFiles& files) {
  CgroupLimits limits;
  for (const fs::path& group : groups(files, "")) {
    limit_memory(files, group, kVersion2, limits);
    const std::string maximum = files.line(group / "cpu.max");  // "200000 100000", "max 100000"
    const std::vector<std::string_view> words = words_of(maximum);
    if (words.size() == 2) limit_cpus(whole_number_of(words[0]), whole_number_of(words[1]), limits);
  }
  for (const fs::path& group : groups(files, "memory")) limit_memory(files, group, kVersion1, limits);
  for (const fs::path& group : groups(files, "cpu"))
    limit_cpus(files.number(group / "cpu.cfs_quota_us"), files.number(group / "cpu.cfs_period_us"), limits);
  return limits;
}

}  // namespace lfmfit
