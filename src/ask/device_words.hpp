#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ask/local_machine.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit::ask {

/// The device that `--on TEXT` means: one of the catalogue ("rtx-4090", "RTX 4090", or any other name that
/// Catalog::device knows), several of it ("2x rtx-4090", "2 x 3090", "3090 x2"), or
/// one described on the spot ("vram=24GiB,bandwidth=1008,backend=cuda"; bandwidth in GB/s, fp32 and fp16 in TFLOPS).
/// Throws Error(kUnknownDevice) for a name that nothing bears, Error(kBadRequest) for a description that says too
/// little.
Device parse_device(const std::string& text, const Catalog& catalog);

/// Finds what DEVICE means (parse_machine), and keeps it.
class DeviceFinder {
 public:
  /// `catalog` must outlive it. "local" means the machine that `machine` says where to look at, and of its memory what
  /// `count` says.
  explicit DeviceFinder(const Catalog& catalog, std::optional<MachineSources> machine = {},
                        MemoryCount count = MemoryCount::kFree)
      : catalog_(catalog), local_(catalog, std::move(machine), count) {}

  /// Lives as long as the finder. Throws like parse_machine.
  const Device& find(const std::string& text);

 private:
  const Catalog& catalog_;
  LocalFinder local_;
  std::deque<Device> devices_;
  std::map<std::string, const Device*> found_;
};

}  // namespace lfmfit::ask
