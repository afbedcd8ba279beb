// A stand-in for NVIDIA's management library. The variable LFMFIT_STUB_NVML says which machine it plays.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "system/nvml_abi.hpp"

using namespace lfmfit::nvml;

#ifdef STUB_NVML_OLD

extern "C" Result nvmlInit() { return kSuccess; }

#else

namespace {

constexpr unsigned long long kMib = 1ULL << 20;
constexpr Result kNotSupported = 3;

std::string scene() {
  const char* name = std::getenv("LFMFIT_STUB_NVML");
  return name == nullptr ? "none" : name;
}

/// Handles are numbers from 1; those of slices begin behind 100.
Device handle(unsigned number) { return reinterpret_cast<Device>(static_cast<std::uintptr_t>(number)); }
unsigned number_of(Device device) { return static_cast<unsigned>(reinterpret_cast<std::uintptr_t>(device)); }
bool is_slice(Device device) { return number_of(device) > 100; }

Result write(char* buffer, unsigned size, const std::string& text) {
  if (scene() == "hostile") {
    std::memset(buffer, 'A', size);  // no end
    return kSuccess;
  }
  std::snprintf(buffer, size, "%s", text.c_str());
  return kSuccess;
}

}  // namespace

extern "C" {

Result nvmlInit_v2() {
  if (scene() == "not-loaded") return kDriverNotLoaded;
  if (scene() == "permission") return kNoPermission;
  if (scene() == "mismatch") return kVersionMismatch;
  if (scene() == "broken") return 999;
  return kSuccess;
}

Result nvmlShutdown() { return kSuccess; }

const char* nvmlErrorString(Result result) { return result == kGpuIsLost ? "GPU is lost" : "Unknown Error"; }

Result nvmlSystemGetDriverVersion(char* buffer, unsigned size) {
  return write(buffer, size, scene() == "driver-470" ? "470.256.02" : "550.54.14");
}

Result nvmlDeviceGetCount_v2(unsigned* count) {
  const std::string name = scene();
  *count = name == "eight"     ? 8
           : name == "two"     ? 2
           : name == "silent"  ? 2
           : name == "none"    ? 0
           : name == "hostile" ? 4'000'000'000
                               : 1;
  return kSuccess;
}

Result nvmlDeviceGetHandleByIndex_v2(unsigned index, Device* device) {
  if (scene() == "silent" && index == 1) return kGpuIsLost;
  if (scene() == "denied") return kNoPermission;
  *device = handle(index + 1);
  return kSuccess;
}

Result nvmlDeviceGetName(Device device, char* buffer, unsigned size) {
  const std::string name = scene();
  if (name == "eight" || name == "mig")
    return write(buffer, size, is_slice(device) ? "NVIDIA H100 80GB HBM3 MIG 1g.10gb" : "NVIDIA H100 80GB HBM3");
  if (name == "two" && number_of(device) == 2) return write(buffer, size, "NVIDIA GeForce RTX 3060");
  if (name == "unknown") return write(buffer, size, "NVIDIA GeForce RTX 9990");
  if (name == "pool") return write(buffer, size, "NVIDIA GB10");
  return write(buffer, size, "NVIDIA GeForce RTX 4090");
}

Result nvmlDeviceGetUUID(Device device, char* buffer, unsigned size) {
  return write(buffer, size, (is_slice(device) ? "MIG-" : "GPU-") + std::to_string(1000 + number_of(device)));
}

Result nvmlDeviceGetCudaComputeCapability(Device, int* major, int* minor) {
  *major = scene() == "unknown" ? 12 : 8;
  *minor = scene() == "unknown" ? 0 : 9;
  return kSuccess;
}

Result nvmlDeviceGetPciInfo_v3(Device device, PciInfo* pci) {
  *pci = {};
  pci->bus = number_of(device);
  pci->device_and_vendor = 0x268410de;
  return kSuccess;
}

Result nvmlDeviceGetMemoryInfo_v2(Device device, MemoryVersion2* memory) {
  const std::string name = scene();
  if (name == "pool" || name == "driver-470") return kNotSupported;
  if (memory->version != kMemoryVersion2) return kNotSupported;
  if (name == "hostile") {
    *memory = {kMemoryVersion2, ~0ULL, ~0ULL, ~0ULL, ~0ULL};
    return kSuccess;
  }
  unsigned long long total = 24564;
  if (name == "eight" || name == "mig") total = is_slice(device) ? 9984 : 81559;
  if (name == "two" && number_of(device) == 2) total = 12288;
  const unsigned long long reserved = 450, used = is_slice(device) ? 0 : 1000;
  *memory = {kMemoryVersion2, total * kMib, reserved * kMib, (total - reserved - used) * kMib, used * kMib};
  return kSuccess;
}

Result nvmlDeviceGetMemoryInfo(Device, Memory* memory) {
  if (scene() == "pool") return kNotSupported;
  *memory = {24268 * kMib, 23000 * kMib, 1268 * kMib};
  return kSuccess;
}

Result nvmlDeviceGetComputeRunningProcesses_v3(Device device, unsigned* count, ProcessInfo* processes) {
  if (scene() == "hostile") {
    *count = 4'000'000'000;
    return kInsufficientSize;
  }
  if (is_slice(device) || *count < 2) return *count = 0, kSuccess;
  processes[0] = {4711, 200 * kMib, 0, 0};
  processes[1] = {4712, 800 * kMib, 0, 0};
  *count = 2;
  return kSuccess;
}

Result nvmlDeviceGetGraphicsRunningProcesses_v3(Device device, unsigned* count, ProcessInfo* processes) {
  if (scene() == "hostile" || is_slice(device) || *count < 1) return kNotSupported;
  processes[0] = {4712, 800 * kMib, 0, 0};  // the same process draws
  *count = 1;
  return kSuccess;
}

Result nvmlDeviceGetMigMode(Device device, unsigned* current, unsigned* pending) {
  if (is_slice(device)) return kNotSupported;
  *current = *pending = scene() == "mig" || scene() == "mig-empty" ? 1 : 0;
  return kSuccess;
}

Result nvmlDeviceGetMaxMigDeviceCount(Device, unsigned* count) {
  *count = 7;
  return kSuccess;
}

Result nvmlDeviceGetMigDeviceHandleByIndex(Device, unsigned index, Device* slice) {
  if (scene() == "mig-empty" || index > 1) return 6;  // not found
  *slice = handle(101 + index);
  return kSuccess;
}
}

#endif
