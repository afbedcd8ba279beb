#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/environment.hpp"

namespace lfmfit::cli {

/// Exit codes.
constexpr int kAnswered = 0;  ///< answered, and it fits where that was asked
constexpr int kDoesNotFit = 1;
constexpr int kBadUse = 2;  ///< bad usage or bad data; one line on `err`, and nothing on `out` but what was asked for

/// What commands there are: "check", "explain", ...
std::vector<std::string> command_names();

/// Runs lfmfit with the arguments `args` (without the program's name) and returns its exit code. Throws nothing: this
/// is the only place where errors are caught.
int run(const std::vector<std::string>& args, std::istream& in, std::ostream& out, std::ostream& err,
        const Environment& environment);

/// The same on this process's own streams. A closed pipe is no error.
int run_process(int argc, char** argv);

}  // namespace lfmfit::cli
