// A change of a question that would improve its answer, as a value: how it is written is for whoever prints it.
#pragma once

#include <cstdint>
#include <string>

namespace lfmfit {

/// One change: what is changed, and to what.
struct Change {
  enum class Kind {
    kQuantization,     ///< to `name`
    kCacheType,        ///< of keys and values, to `name`
    kExpertsOnHost,    ///< experts of the first `number` layers; 0: none, all on the GPU
    kLayersOnGpu,      ///< `number`; kAll: all
    kCacheOnGpu,       ///< keys, values and states, which lay on the host
    kMicroBatch,       ///< of `number` tokens
    kMemoryBandwidth,  ///< twice that of the device
    kCompute,          ///< twice that of the device
    kHostBandwidth,    ///< twice that of the memory beside it
    kPcieBandwidth,    ///< twice that of the link between them
  };
  static constexpr std::int64_t kAll = -1;

  Kind kind = Kind::kQuantization;
  std::int64_t number = 0;
  std::string name = {};
  std::string quality = {};  ///< of a quantization: "good"; empty: not known

  friend bool operator==(const Change&, const Change&) = default;
};

/// Whether it takes other hardware, not another setting.
bool is_hardware(Change::Kind kind);

}  // namespace lfmfit
