#pragma once

#include <cstdint>
#include <string>

namespace lfmfit {

/// "128,000": `number` with its digits in groups of three.
std::string grouped(std::int64_t number);

}  // namespace lfmfit
