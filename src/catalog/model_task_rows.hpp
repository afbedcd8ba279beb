#pragma once

#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/model_task.hpp"

namespace lfmfit {

/// The rows of data/model_tasks.json with those of `overlays` in their place. Throws Error(kBadFile) naming file, row
/// and key.
std::vector<ModelTask> read_model_tasks(std::vector<Overlay> overlays);

}  // namespace lfmfit
