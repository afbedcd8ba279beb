// What we call of NVIDIA's management library, and the structures it fills in: its interface, declared here so that
// building needs none of its files. From the documentation of NVML, unchanged since the versions named.
#pragma once

namespace lfmfit::nvml {

using Result = int;
constexpr Result kSuccess = 0;
constexpr Result kNoPermission = 4;
constexpr Result kInsufficientSize = 7;
constexpr Result kDriverNotLoaded = 9;
constexpr Result kGpuIsLost = 15;
constexpr Result kVersionMismatch = 18;

using Device = struct DeviceStruct*;

/// nvmlMemory_t
struct Memory {
  unsigned long long total, free, used;
};

/// nvmlMemory_v2_t, since driver 510: tells what the driver keeps from what is used.
struct MemoryVersion2 {
  unsigned version;
  unsigned long long total, reserved, free, used;
};
constexpr unsigned kMemoryVersion2 = static_cast<unsigned>(sizeof(MemoryVersion2)) | 2U << 24;

/// nvmlPciInfo_t of nvmlDeviceGetPciInfo_v3
struct PciInfo {
  char legacy_bus_id[16];
  unsigned domain, bus, device;
  unsigned device_and_vendor;  ///< device << 16 | vendor
  unsigned subsystem;
  char bus_id[32];
};

/// nvmlProcessInfo_t of the functions that end in _v2 and _v3
struct ProcessInfo {
  unsigned pid;
  unsigned long long used;  ///< all ones: not known
  unsigned gpu_instance, compute_instance;
};

}  // namespace lfmfit::nvml
