// The host: what a machine has besides its GPUs.
#pragma once

#include <string>
#include <vector>

#include "lfmfit/units.hpp"

namespace lfmfit {

/// A processor as the system names it. Numbers that are not known are 0, on ARM the implementer counts as the family
/// and the part as the model.
struct Processor {
  std::string name;    ///< "AMD Ryzen 9 7950X 16-Core Processor"; empty: not known
  std::string vendor;  ///< "AuthenticAMD", "GenuineIntel", "ARM"
  int family = 0, model = 0, stepping = 0;
  int sockets = 0;
  int cores = 0;                      ///< of all sockets
  int threads = 0;                    ///< that this process may use
  std::vector<std::string> features;  ///< instruction sets that llama.cpp has kernels for: "AVX2", "AMX", "SVE"
  bool is_virtual = false;            ///< a virtual machine's, which shares its memory's bandwidth with others
};

/// What firmware says of the memory modules.
struct MemoryModules {
  int count = 0;              ///< that hold memory; 0: not known
  int data_bits = 0;          ///< of all of them together: 64 each, where they are DIMMs
  double mega_transfers = 0;  ///< a second, as configured; 0: not known
  std::string type;           ///< "DDR5"
};

/// Memory bandwidth of a host at its peak: channels x 8 bytes x transfers per second.
struct HostBandwidth {
  Bandwidth low, value, high;  ///< what is usual lies between low and high; 0: nothing is known
  double read_share = 0;       ///< of it that decode on the processor reads, as measured; 0: not known
  bool assumed = true;         ///< a default of the platform, not what this machine says of itself
  std::string basis;           ///< "two channels of DDR5-5200, usual with Ryzen 7000"
  std::string source;
};

/// What a machine has besides its GPUs: its processors and its RAM.
struct Host {
  Processor processor;
  MemoryModules modules;
  Bytes installed;  ///< RAM of the machine; 0: not known, as for the next two
  Bytes total;      ///< of it, what a process may use at most: less in a container with a limit
  Bytes available;  ///< of that, what a new process gets now
  HostBandwidth bandwidth;
};

}  // namespace lfmfit
