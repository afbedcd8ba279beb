#pragma once

#include <string>

#include "lfmfit/estimate.hpp"
#include "lfmfit/this_machine.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// This machine for people: its GPUs, processor and RAM, what `--on local` means, and what could not be found out.
std::string detect_text(const LocalMachine& machine, const Terminal& terminal);

/// Schema lfmfit.detect/1.
Json detect_json(const LocalMachine& machine, const std::string& version);

/// One line below a report: this machine's GPU, and how `answer`, the report's question asked of it, came out; null:
/// nothing could be said.
std::string this_machine_line(const LocalMachine& machine, const Estimate* answer, const Terminal& terminal);

}  // namespace lfmfit::render
