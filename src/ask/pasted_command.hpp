#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ask/pasted_fields.hpp"
#include "ask/question.hpp"
#include "lfmfit/program.hpp"

namespace lfmfit::ask {

/// A command line of another program, read: what it asks for, and what it says besides.
struct PastedCommand {
  const Program* program = nullptr;
  PastedFields fields;
  std::vector<std::string> ignored;  ///< options and variables that change no memory, as they were typed
};

/// Reads one command, a word each, or Ollama's several. `base` is what was asked for beside it: what the command says
/// comes instead, but for a model. Throws Error(kBadRequest) for programs, options and values that are not known, and
/// for options that change memory in a way that lfmfit does not work out.
PastedCommand read_pasted(const std::vector<std::vector<std::string>>& commands, const Asked& base,
                          const Catalog& catalog);

/// A command's question on a device.
struct PastedQuestion {
  Asked asked;
  std::vector<std::string> notes;  ///< on what it was taken to mean, in sentences
};

/// What `pasted` asks for on `device` (empty: none), with the program's own defaults, which may depend on the device
/// and the model. Throws as Finder's parts do.
PastedQuestion asked_on(const PastedCommand& pasted, const std::string& device, Finder& finder);

}  // namespace lfmfit::ask
