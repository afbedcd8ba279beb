#pragma once

#include <string>
#include <vector>

#include "lfmfit/backend.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit {

/// What --override-tensor calls the memory of a place: "CPU", "CUDA1".
std::string buffer_name(int place, const Backend& backend);

/// What `request` moves away from its layers, as values of --override-tensor that say the same by hand.
std::vector<std::string> override_texts(const Request& request, const Backend& backend);

}  // namespace lfmfit
