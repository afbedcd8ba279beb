#pragma once

#include <string>
#include <vector>

#include "lfmfit/remedy.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// A line for each change: its options, what it saves, and what comes of it. `title` heads them; nothing where there
/// are none.
std::string remedies_text(const std::vector<Remedy>& remedies, const std::string& title, const Terminal& terminal);

/// The same for programs: the options, what they save, and fit, speed and request as answered.
Json remedies_json(const std::vector<Remedy>& remedies);

/// "well, 28 (25-31) tok/s"
std::string outcome_text(const Estimate& answer);

}  // namespace lfmfit::render
