#include "lfmfit/setting.hpp"

namespace lfmfit {

bool is_hardware(Setting::Kind kind) { return kind == Setting::Kind::kHostMemory || kind == Setting::Kind::kDevice; }

}  // namespace lfmfit
