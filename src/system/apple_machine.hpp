#pragma once

#include <optional>

#include "lfmfit/this_machine.hpp"

namespace lfmfit {

/// This machine where it is a Mac, by sysctl: chip, RAM, and the limit of the GPU where its owner set one. None
/// elsewhere.
std::optional<ThisMachine> find_apple_machine();

}  // namespace lfmfit
