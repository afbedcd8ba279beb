// The machine that a program runs on, as its system and drivers describe it; what that is in the catalogue is another
// question.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/device.hpp"
#include "lfmfit/host.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// A process that holds memory of a GPU.
struct GpuHolder {
  std::int64_t pid = 0;
  std::string name;            ///< of its program; empty: not known
  std::optional<Bytes> bytes;  ///< unset: the driver does not say
};

/// A GPU of this machine, or a part of one that was cut out for us. What is empty or unset its driver does not say.
struct FoundGpu {
  std::string name;                 ///< as its driver prints it: "NVIDIA GeForce RTX 4090"
  std::string vendor;               ///< "NVIDIA", "AMD", "Intel", "Apple"
  std::string pci_id;               ///< "1002:744c"
  std::string pci_revision;         ///< "c8"
  std::string address;              ///< on the bus: "0000:01:00.0"
  std::string driver;               ///< "535.183.01", "amdgpu"
  std::string compute_capability;   ///< "8.9"
  bool is_slice = false;            ///< a MIG instance; its name is the whole GPU's with "MIG 1g.10gb" behind
  std::optional<Bytes> whole;       ///< of a slice, the memory of the whole GPU
  std::optional<Bytes> total;       ///< memory of its own
  std::optional<Bytes> reserved;    ///< of it, what the driver keeps
  std::optional<Bytes> available;   ///< of it, what is free now
  std::optional<Bytes> host_total;  ///< of the host's memory, what it may use besides
  std::optional<Bytes> host_used;   ///< of that, what is in use now
  std::vector<GpuHolder> holders;   ///< who holds memory of it, the greatest first
};

/// This machine.
struct ThisMachine {
  std::string model;  ///< of the computer, where it has one: "Raspberry Pi 5 Model B Rev 1.0", "Mac15,9"
  Host host;          ///< but for its bandwidth
  std::vector<FoundGpu> gpus;
  std::vector<std::string> problems;  ///< what could not be found out and what to do about it, in sentences
};

/// This machine, and what the catalogue knows of it.
struct LocalMachine {
  /// A GPU, and the devices that it may be.
  struct Gpu {
    FoundGpu found;
    std::vector<std::string> ids;  ///< of the catalogue; several: nothing tells them apart here; none: not known
    bool is_used = false;          ///< counts as a GPU of `device`
  };
  std::string model;
  Host host;  ///< with its bandwidth
  std::vector<Gpu> gpus;
  Device device;                   ///< what "local" means: its GPUs, or its one pool of memory, or its processor
  std::vector<std::string> notes;  ///< what was taken for granted, and what could not be found out, in sentences
};

}  // namespace lfmfit
