#pragma once

#include "lfmfit/request.hpp"

namespace lfmfit {

/// Whether every row of a micro-batch may be asked for: where that was said, for embeddings, and where a server pools
/// (server_output_limits in llama-server).
bool may_read_every_row(const Request& request);

}  // namespace lfmfit
