#pragma once

#include <string>
#include <vector>

#include "ask/pasted_command.hpp"
#include "ask/written_command.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

/// {"llama-server": "llama-server -m ...", ...}
render::Json commands_json(const std::vector<ask::WrittenCommand>& commands);

/// {"program": ..., "ignored": [...], "notes": [...]}
render::Json pasted_json(const ask::PastedCommand& pasted, const std::vector<std::string>& notes);

}  // namespace lfmfit::cli
