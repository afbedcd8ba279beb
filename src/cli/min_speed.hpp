#pragma once

#include <optional>

#include "lfmfit/units.hpp"

namespace lfmfit::cli {

class CommandLine;

/// --min-speed, of commands that look for what is quick enough.
void add_min_speed_option(CommandLine& line, std::optional<double>& tokens_per_second);

/// Throws Error(kBadRequest) where it is no rate.
std::optional<TokenRate> min_speed_of(const std::optional<double>& tokens_per_second);

}  // namespace lfmfit::cli
