#pragma once

#include <string>
#include <vector>

#include "lfmfit/report.hpp"

namespace lfmfit::render {

/// What is good to know besides the figures, in sentences: of the model and its name, and of an answer's device: what a
/// desktop takes of such a card, and the setting with which a unified machine's GPU could have enough.
std::vector<std::string> notes_about(const Question& question, const Estimate& estimate);

/// The same of a report's devices together.
std::vector<std::string> notes_about(const Report& report);

/// The setting with which a unified machine's GPU could have enough, in a sentence; empty: none would help.
std::string raised_note(const Estimate& estimate);

/// "a desktop usually takes 0.86 GB of it (0.32 to 2.15)", and what is known of Windows. Empty: nothing is known.
std::string desktop_text(const Device& device);

/// "sudo sysctl iogpu.wired_limit_mb=20480, until the next start: 21.47 GB for the GPU, which leaves 4.30 GB"
std::string raised_text(const std::string& how, Bytes usable, Bytes leaves);

}  // namespace lfmfit::render
