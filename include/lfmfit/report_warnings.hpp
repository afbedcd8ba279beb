// What a report warns of about all its devices together.
#pragma once

#include <string>

#include "lfmfit/report.hpp"

namespace lfmfit {

/// That memory on some of the report's backends was not checked against real allocations, in a sentence. Empty: it was
/// on all, or their memory is no law's but a rule of thumb.
std::string unmeasured_memory_warning(const Report& report);

}  // namespace lfmfit
