#pragma once

#include <string>

#include "ask/question.hpp"
#include "lfmfit/audit.hpp"
#include "readers/load_log.hpp"

namespace lfmfit::ask {

/// The audit of `log`, which is called `name`; `base` is what is known besides. Of llama.cpp by the release whose rules
/// come nearest to its compute buffers, among those that the log leaves possible, and with the tokens drafted ahead
/// that its states show. Throws like logged_question().
Audit audit_of(const LoadLog& log, const std::string& name, const Asked& base, Finder& finder);

}  // namespace lfmfit::ask
