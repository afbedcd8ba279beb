#pragma once

#include <string>

#include "lfmfit/catalog.hpp"
#include "lfmfit/device.hpp"

namespace lfmfit::cli {

/// The device that `--on TEXT` means: one of the catalogue ("rtx-4090", "RTX 4090"), several of it ("2x rtx-4090"), or
/// one described on the spot ("vram=24GiB,bandwidth=1008,backend=cuda"; bandwidth in GB/s, fp32 and fp16 in TFLOPS).
/// Throws Error(kUnknownDevice) for a name that nothing bears, Error(kBadRequest) for a description that says too
/// little.
Device parse_device(const std::string& text, const Catalog& catalog);

}  // namespace lfmfit::cli
