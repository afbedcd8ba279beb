// One setting of a question in place of another, as a value: how it is written is for whoever prints it.
#pragma once

#include <cstdint>
#include <string>

namespace lfmfit {

/// What an option is set to.
struct Setting {
  enum class Kind {
    kQuantization,    ///< `name`
    kCacheType,       ///< of keys and values: `name`
    kContext,         ///< `number` tokens, all sequences together
    kExpertsOnHost,   ///< those of the first `number` layers
    kLayersOnGpu,     ///< `number`
    kRequestsAtOnce,  ///< of vLLM: at most `number`
    kTokensAStep,     ///< of vLLM: at most `number`
    kTensorParallel,  ///< of vLLM: over `number` GPUs
    kHostMemory,      ///< `number` GiB beside the GPUs
    kDevice,          ///< the one that `name` asks for: "rtx-3090", "2x rtx-3060"
  };

  Kind kind = Kind::kQuantization;
  std::int64_t number = 0;
  std::string name = {};
  std::string quality = {};  ///< of a quantization: "good"; empty: not known

  friend bool operator==(const Setting&, const Setting&) = default;
};

/// Whether it takes other hardware.
bool is_hardware(Setting::Kind kind);

}  // namespace lfmfit
