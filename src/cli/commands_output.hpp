#pragma once

#include <string>
#include <vector>

#include "ask/written_command.hpp"

namespace lfmfit::cli {

class CommandLine;

/// --command, of commands whose answer can be started.
void add_command_option(CommandLine& line, bool& command);

/// Each command under a comment that names its program, for a shell to read as it is; empty: there are none.
std::string commands_text(const std::vector<ask::WrittenCommand>& commands);

}  // namespace lfmfit::cli
