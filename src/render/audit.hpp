#pragma once

#include <string>

#include "lfmfit/audit.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// A log beside lfmfit, term by term in MiB as logs print them, the difference and its likely cause.
std::string audit_text(const Audit& audit, const Terminal& terminal);

/// Schema lfmfit.audit/1.
Json audit_json(const Audit& audit);

/// One line for tests/truth/load_logs.jsonl: the question, and the bytes that the log names.
Json audit_row(const Audit& audit);

}  // namespace lfmfit::render
