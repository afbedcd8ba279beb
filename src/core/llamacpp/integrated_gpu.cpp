#include "core/llamacpp/integrated_gpu.hpp"

#include "lfmfit/device.hpp"

namespace lfmfit {

namespace {

/// Metal's GPUs are not meant: what they share with the host is a trait of the backend.
bool is_integrated(const MemoryContext& context) {
  return !context.backend.is_cpu && !context.backend.traits.unified_memory && !context.devices.empty() &&
         context.devices.front()->device_class == DeviceClass::kUnified;
}

}  // namespace

bool copies_host_weights(const MemoryContext& context, const Release& release) {
  return release.copies_beside_integrated && !context.backend.traits.maps_beside_integrated && is_integrated(context);
}

bool reads_host_buffers(const MemoryContext& context, const Release& release) {
  return release.integrated_reads_host && context.backend.traits.integrated_reads_host && is_integrated(context);
}

}  // namespace lfmfit
