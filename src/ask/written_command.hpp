#pragma once

#include <string>
#include <vector>

#include "ask/question.hpp"

namespace lfmfit::ask {

/// How a program is started so that it does what was answered.
struct WrittenCommand {
  std::string program;  ///< "llama-server", "llama-cli", "ollama", "lm-studio", "vllm"
  std::string text;     ///< for a POSIX shell; what the program cannot be told stands in comments. Lines end in '\n'
};

/// The commands for `answer`, which answers `question` as `asked` put it: those of vLLM for vLLM, else those of what
/// llama.cpp is part of.
std::vector<WrittenCommand> written_commands(const Asked& asked, const Question& question, const Estimate& answer,
                                             Finder& finder);

}  // namespace lfmfit::ask
