// Hardware, as its data sheet and its driver describe it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/host.hpp"
#include "lfmfit/shared_value.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// gpu: a discrete card. unified: one pool shared by CPU and GPU. server: several GPUs in one machine. cpu: no GPU.
enum class DeviceClass { kGpu, kUnified, kServer, kCpu };

/// A part of a memory that grows with it, within bounds: what a system keeps, or should be left.
struct MemoryPart {
  double share = 0;
  Bytes least, most;
};

/// What `part` is of `memory` bytes; never more than those.
Bytes part_of(const MemoryPart& part, Bytes memory);

/// A setting of the system that lets the GPU have more of the pool than it does by default.
struct MemoryKnob {
  std::string setting;     ///< "iogpu.wired_limit_mb"
  std::int64_t value = 0;  ///< what to set it to, in its own unit
  std::string how;         ///< the command or the place, with that value in it
  Bytes usable;            ///< what the GPU may use then
  Bytes leaves;            ///< of the pool to the system and everything else
  std::string source;
};

/// What a desktop takes of a card's memory; `usable` is that of a system without one.
struct DesktopUse {
  ByteRange on_linux;                   ///< out of Device::usable
  std::optional<ByteRange> on_windows;  ///< out of Device::reported, in place of all the driver takes elsewhere; unset:
                                        ///< not known
};

/// The CPU of a machine, as far as its speed depends on it.
struct CpuFacts {
  int cores = 0;                ///< that count: those for performance; 0: not known
  double clock_ghz = 0;         ///< with all of them at work
  std::string instruction_set;  ///< a name of data/speed.json: "avx2", "i8mm"
  std::string platform;         ///< a name of data/speed.json: "desktop", "laptop", "server"
  Bandwidth draw;               ///< what its cores were measured to read; 0: not measured
};

/// Hardware that a model could run on: a row of data/devices/*.json.
struct Device {
  std::string id;           ///< "rtx-4090"
  std::string name;         ///< "GeForce RTX 4090"
  std::string also_called;  ///< what people call it though it would fit several: "RTX 3060"; empty: nothing
  std::string vendor;
  DeviceClass device_class = DeviceClass::kGpu;
  std::string segment;      ///< consumer, laptop, workstation, datacenter, edge
  std::string generation;   ///< "Ada", "Apple M4": key of speed and driver constants
  std::string backend;      ///< the usual backend: "cuda", "metal", ...
  int gpus = 1;             ///< memory, bandwidth and compute below are those of one
  Bytes memory;             ///< as marketed
  Bytes reported;           ///< what nvidia-smi and its like list; `memory` where nothing else is known; 0: unknown
  ByteRange total;          ///< what the usual backend reports as total to a process on a headless system; 0: unknown
  Bytes usable;             ///< what one process is sure to have of it by default: stated, else the low end of `total`
  std::string usable_note;  ///< why usable differs from memory
  std::optional<DesktopUse> desktop;  ///< cards that may drive a screen
  SharedValue<MemoryKnob> knob;       ///< pools: what raises `usable`
  /// What the machine's RAM leaves one process: of a pool for its GPU part and its host part together; of a server
  /// beside all its GPUs. Unset: the row does not say what RAM there is.
  std::optional<Bytes> host_memory;
  MemoryPart system;  ///< of RAM, what the system itself keeps: `host_memory` is RAM less this
  /// What lies beside its GPUs: of this machine as found, of a card of the catalogue what is usual beside one, of which
  /// only the bandwidth is said. Unset: nothing lies beside, or nothing is known.
  SharedValue<Host> host;
  Bandwidth bandwidth;   ///< peak of the data sheet; 0: unknown
  ComputeRate fp32;      ///< shader FP32; 0: unknown
  ComputeRate fp16;      ///< dense FP16 with FP32 accumulation; 0: unknown
  double int8_tops = 0;  ///< dense INT8 operations, 1e12 per second; 0: unknown
  double tdp_watts = 0;  ///< 0: unknown
  int year = 0;
  bool power_limited = false;      ///< long decodes are known to be held back by the power limit
  std::string compute_capability;  ///< NVIDIA's; tells A100 (8.0) from RTX 30 (8.6) and B200 (10.x) from RTX 50 (12.0)
  std::string gfx;                 ///< AMD's target name
  std::string chip;                ///< Apple's
  int gpu_cores = 0;               ///< Apple's; 0: unknown
  int multiprocessors = 0;         ///< NVIDIA's streaming multiprocessors that are enabled; 0: unknown
  CpuFacts cpu;                    ///< of CPUs, and of the CPU beside the GPU on one chip
  std::string memory_type;         ///< "GDDR6X"
  int bus_bits = 0;                ///< 0: unknown
  std::string pcie;                ///< generation of the bus
  double interconnect_gb_s = 0;    ///< link of one GPU to its peers, both directions; 0: unknown
  std::string gpu;                 ///< server: id of the single GPU, where that has a row
  std::string source;
  std::string confidence;  ///< high, medium, low
  std::string note;
  std::string asked_as;       ///< this machine, with its memory as it was found: what asks for it again; empty: its id
  std::vector<Device> parts;  ///< the GPUs of a machine whose GPUs differ, in order; empty: all `gpus` are alike
};

/// Whether it is known how much memory there is: not of this machine without a GPU, where its system does not say.
bool is_memory_known(const Device& device);

/// One GPU of `machine`, counted from 0: the machine's row itself where all are alike, and the last where there are
/// not so many.
const Device& gpu_of(const Device& machine, int gpu);

}  // namespace lfmfit
