#include "cli/commands_output.hpp"

#include "cli/command_line.hpp"

namespace lfmfit::cli {

void add_command_option(CommandLine& line, bool& command) {
  line.flag("--command", command,
            "print the commands that start it so: llama-server, llama-cli, Ollama, LM Studio, or vLLM", "Output");
}

std::string commands_text(const std::vector<ask::WrittenCommand>& commands) {
  std::string text;
  for (const ask::WrittenCommand& command : commands) text += "\n# " + command.program + "\n" + command.text;
  return text;
}

}  // namespace lfmfit::cli
