#include "system/apple_machine.hpp"

#ifdef __APPLE__
#include <mach/mach.h>
#include <sys/sysctl.h>

#include <string>

namespace lfmfit {

namespace {

std::string text_called(const char* name) {
  char text[256] = {};
  std::size_t size = sizeof text - 1;
  return sysctlbyname(name, text, &size, nullptr, 0) == 0 ? std::string(text) : std::string();
}

/// 0: there is none.
std::int64_t number_called(const char* name) {
  std::int64_t number = 0;
  std::size_t size = sizeof number;
  return sysctlbyname(name, &number, &size, nullptr, 0) == 0 ? number : 0;
}

/// What is free, or given back when it is asked for.
Bytes available_memory() {
  vm_statistics64_data_t pages{};
  mach_msg_type_number_t count = HOST_VM_INFO64_COUNT;
  if (host_statistics64(mach_host_self(), HOST_VM_INFO64, reinterpret_cast<host_info64_t>(&pages), &count) !=
      KERN_SUCCESS)
    return Bytes(0);
  const auto free = static_cast<std::int64_t>(pages.free_count) + static_cast<std::int64_t>(pages.inactive_count) +
                    static_cast<std::int64_t>(pages.purgeable_count);
  return Bytes(free * static_cast<std::int64_t>(vm_kernel_page_size));
}

}  // namespace

std::optional<ThisMachine> find_apple_machine() {
  ThisMachine machine;
  machine.model = text_called("hw.model");
  Processor& processor = machine.host.processor;
  processor.name = text_called("machdep.cpu.brand_string");
  processor.vendor = "Apple";
  processor.sockets = 1;
  processor.cores = static_cast<int>(number_called("hw.physicalcpu"));
  processor.threads = static_cast<int>(number_called("hw.perflevel0.physicalcpu"));
  if (processor.threads == 0) processor.threads = processor.cores;
  machine.host.installed = machine.host.total = Bytes(number_called("hw.memsize"));
  machine.host.available = available_memory();
  if (processor.name.compare(0, 5, "Apple") != 0) return machine;  // an Intel Mac: its GPU is not known
  FoundGpu gpu;
  gpu.vendor = "Apple";
  gpu.name = processor.name;
  const std::int64_t limit = number_called("iogpu.wired_limit_mb");
  if (limit > 0) gpu.host_total = Bytes(limit << 20);
  machine.gpus.push_back(gpu);
  return machine;
}

}  // namespace lfmfit

#else

namespace lfmfit {

std::optional<ThisMachine> find_apple_machine() { return std::nullopt; }

}  // namespace lfmfit

#endif
