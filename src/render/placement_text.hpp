#pragma once

#include <string>

#include "lfmfit/estimate.hpp"

namespace lfmfit::render {

/// "8,192 tokens (512 a slot)"; of one slot "8,192 tokens".
std::string context_text(const Request& request);

/// The options that place `answered` as it is on `backend`: "-ngl 20", "-ncmoe 14". Empty: everything lies on GPUs.
std::string placing_options(const Request& answered, const Backend& backend);

/// What of host memory is needed, where it matters: "host memory: 30.12 GB of 61.44 usable". Empty: it does not.
std::string host_text(const Fit& fit);

}  // namespace lfmfit::render
