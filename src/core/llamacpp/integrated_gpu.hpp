#pragma once

#include "lfmfit/memory.hpp"
#include "lfmfit/release.hpp"

namespace lfmfit {

/// Whether weights in host memory are copied instead of read from the mapped file: beside an integrated GPU whose
/// backend does not take mapped files, with releases that choose by that (--load-mode auto).
bool copies_host_weights(const MemoryContext& context, const Release& release);

/// Whether the GPU is an integrated one that computes with what lies in host buffers, without a copy of it.
bool reads_host_buffers(const MemoryContext& context, const Release& release);

}  // namespace lfmfit
