#include <algorithm>

#include "lfmfit/device.hpp"

namespace lfmfit {

Bytes part_of(const MemoryPart& part, Bytes memory) {
  const Bytes grown(static_cast<std::int64_t>(static_cast<double>(memory.count()) * part.share));
  return std::min(memory, std::clamp(grown, part.least, std::max(part.least, part.most)));
}

}  // namespace lfmfit
