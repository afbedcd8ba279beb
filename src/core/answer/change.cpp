#include "lfmfit/change.hpp"

namespace lfmfit {

bool is_hardware(Change::Kind kind) {
  switch (kind) {
    case Change::Kind::kMemoryBandwidth:
    case Change::Kind::kCompute:
    case Change::Kind::kHostBandwidth:
    case Change::Kind::kPcieBandwidth: return true;
    case Change::Kind::kQuantization:
    case Change::Kind::kCacheType:
    case Change::Kind::kExpertsOnHost:
    case Change::Kind::kLayersOnGpu:
    case Change::Kind::kCacheOnGpu:
    case Change::Kind::kMicroBatch: break;
  }
  return false;
}

}  // namespace lfmfit
