#pragma once

#include "cli/fits_list.hpp"
#include "render/json.hpp"

namespace lfmfit::app {

/// What the app asks of the models that run on a machine (Door::fits). Throws Error(kBadRequest) for keys that
/// `lfmfit fits` has no option for, values of the wrong type and where no device is named.
cli::FitsAsked read_fits_request(render::Json request);

}  // namespace lfmfit::app
