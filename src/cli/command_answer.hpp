#pragma once

#include <optional>

#include "ask/pasted_command.hpp"
#include "ask/question.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

/// A line of a batch that may hand another program's command line over ("command_line") and may want the commands that
/// start what is answered ("commands").
struct CommandRequest {
  ask::PastedQuestion asked;
  std::optional<ask::PastedCommand> pasted;  ///< unset: the keys of the line say all
  bool wants_commands = false;
};

/// Takes `key` out of `request`; null: it is not there, or `request` is no object.
render::Json taken(render::Json& request, const char* key);

/// Whether `request` has one of those keys.
bool has_commands(const render::Json& request);

/// Throws Error(kBadRequest) like read_asked() and read_pasted().
CommandRequest read_command_request(render::Json request, ask::Finder& finder);

/// The answer to `request`: that of a batch, with "command_line" and "commands" as `lfmfit check --json` prints them.
/// Throws Error.
render::Json command_answer(const render::Json& request, const render::Json& id, ask::Finder& finder);

}  // namespace lfmfit::cli
