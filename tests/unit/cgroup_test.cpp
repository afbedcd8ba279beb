#include "system/cgroup.hpp"

#include "catch.hpp"
#include "support/temporary_folder.hpp"

namespace {

using namespace lfmfit;
using namespace lfmfit::literals;
using test::TemporaryFolder;

constexpr const char* kMount2 = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";
constexpr const char* kMounts1 =
    "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n";

CgroupLimits limits_of(const TemporaryFolder& folder) { return find_cgroup_limits(SystemFiles(folder.path())); }

TEST_CASE("without control groups nothing is limited") {
  const CgroupLimits limits = limits_of(TemporaryFolder());
  CHECK_FALSE(limits.memory);
  CHECK_FALSE(limits.available);
  CHECK_FALSE(limits.cpus);
}

TEST_CASE("a limit of version 2 counts, and caches of files give way") {
  const TemporaryFolder folder;
  folder.write("proc/self/mountinfo", kMount2);
  folder.write("proc/self/cgroup", "0::/box\n");
  folder.write("sys/fs/cgroup/box/memory.max", "8589934592\n");
  folder.write("sys/fs/cgroup/box/memory.current", "3221225472\n");
  folder.write("sys/fs/cgroup/box/memory.stat", "anon 1\nactive_file 536870912\ninactive_file 1610612736\n");
  folder.write("sys/fs/cgroup/box/cpu.max", "250000 100000\n");
  const CgroupLimits limits = limits_of(folder);
  CHECK(limits.memory == 8_GiB);
  CHECK(limits.available == 7_GiB);
  CHECK(limits.cpus.value() == Approx(2.5));
}

TEST_CASE("of nested groups the strictest limit holds, wherever it is") {
  const TemporaryFolder folder;
  folder.write("proc/self/mountinfo", kMount2);
  folder.write("proc/self/cgroup", "0::/a/b/c\n");
  folder.write("sys/fs/cgroup/a/memory.max", "4294967296\n");
  folder.write("sys/fs/cgroup/a/memory.current", "1073741824\n");
  folder.write("sys/fs/cgroup/a/b/memory.max", "max\n");
  folder.write("sys/fs/cgroup/a/b/c/memory.max", "6442450944\n");
  folder.write("sys/fs/cgroup/a/b/c/memory.current", "4294967296\n");
  const CgroupLimits limits = limits_of(folder);
  CHECK(limits.memory == 4_GiB);
  CHECK(limits.available == 2_GiB);  // the inner one has less left
}

TEST_CASE("a container sees its own group as the mount, though /proc names it from outside") {
  const TemporaryFolder folder;
  folder.write("proc/self/mountinfo", "30 23 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  folder.write("proc/self/cgroup", "0::/docker/abc\n");
  folder.write("sys/fs/cgroup/memory.max", "2147483648\n");
  CHECK(limits_of(folder).memory == 2_GiB);
  folder.write("proc/self/cgroup", "0::/../../elsewhere\n");
  CHECK(limits_of(folder).memory == 2_GiB);
}

TEST_CASE("a limit of version 1 counts, and its greatest number is none") {
  const TemporaryFolder folder;
  folder.write("proc/self/mountinfo", kMounts1);
  folder.write("proc/self/cgroup", "4:memory:/box\n3:cpu,cpuacct:/box\n0::/\n");
  folder.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  folder.write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "1073741824\n");
  folder.write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "536870912\n");
  folder.write("sys/fs/cgroup/memory/box/memory.stat", "total_inactive_file 268435456\n");
  folder.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "50000\n");
  folder.write("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  const CgroupLimits limits = limits_of(folder);
  CHECK(limits.memory == 1_GiB);
  CHECK(limits.available == 768_MiB);
  CHECK(limits.cpus.value() == Approx(0.5));
}

TEST_CASE("nonsense in control groups limits nothing") {
  const TemporaryFolder folder;
  folder.write("proc/self/mountinfo", std::string(kMount2) + "- - -\n1 2 -\n\n");
  folder.write("proc/self/cgroup", "::::\n0::\n0::/x\n");
  folder.write("sys/fs/cgroup/x/memory.max", "-5\n");
  folder.write("sys/fs/cgroup/x/cpu.max", "1 0\n");
  const CgroupLimits limits = limits_of(folder);
  CHECK_FALSE(limits.memory);
  CHECK_FALSE(limits.cpus);
}

}  // namespace
