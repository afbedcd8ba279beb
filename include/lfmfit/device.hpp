// Hardware, as its data sheet and its driver describe it.
#pragma once

#include <string>
#include <vector>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// gpu: a discrete card. unified: one pool shared by CPU and GPU. server: several GPUs in one machine. cpu: no GPU.
enum class DeviceClass { kGpu, kUnified, kServer, kCpu };

/// Hardware that a model could run on: a row of data/devices/*.json.
struct Device {
  std::string id;           ///< "rtx-4090"
  std::string name;         ///< "GeForce RTX 4090"
  std::string also_called;  ///< what people call it though it would fit several: "RTX 3060"; empty: nothing
  std::string vendor;
  DeviceClass device_class = DeviceClass::kGpu;
  std::string segment;     ///< consumer, laptop, workstation, datacenter, edge
  std::string generation;  ///< "Ada", "Apple M4": key of speed and driver constants
  std::string backend;     ///< the usual backend: "cuda", "metal", ...
  int gpus = 1;            ///< memory, bandwidth and compute below are those of one
  Bytes memory;            ///< as marketed
  Bytes usable;  ///< what one process can allocate by default: stated, else what the driver reports, else `memory`
  std::string usable_note;  ///< why usable differs from memory
  Bandwidth bandwidth;      ///< peak of the data sheet; 0: unknown
  ComputeRate fp32;         ///< shader FP32; 0: unknown
  ComputeRate fp16;         ///< dense FP16 with FP32 accumulation; 0: unknown
  double int8_tops = 0;     ///< dense INT8 operations, 1e12 per second; 0: unknown
  double tdp_watts = 0;     ///< 0: unknown
  int year = 0;
  bool power_limited = false;      ///< long decodes are known to be held back by the power limit
  std::string compute_capability;  ///< NVIDIA's; tells A100 (8.0) from RTX 30 (8.6) and B200 (10.x) from RTX 50 (12.0)
  std::string gfx;                 ///< AMD's target name
  std::string chip;                ///< Apple's
  int gpu_cores = 0;               ///< Apple's; 0: unknown
  std::string memory_type;         ///< "GDDR6X"
  int bus_bits = 0;                ///< 0: unknown
  std::string pcie;                ///< generation of the bus
  double interconnect_gb_s = 0;    ///< link of one GPU to its peers, both directions; 0: unknown
  std::string gpu;                 ///< server: id of the single GPU, where that has a row
  std::string source;
  std::string confidence;  ///< high, medium, low
  std::string note;
  std::vector<Device> parts;  ///< the GPUs of a machine whose GPUs differ, in order; empty: all `gpus` are alike
};

/// One GPU of `machine`, counted from 0: the machine's row itself where all are alike, and the last where there are
/// not so many.
const Device& gpu_of(const Device& machine, int gpu);

}  // namespace lfmfit
