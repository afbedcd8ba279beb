#pragma once

#include <string>
#include <vector>

#include "ask/question.hpp"
#include "lfmfit/audit.hpp"
#include "readers/load_log.hpp"

namespace lfmfit::ask {

/// What was asked of a runtime by its log, and what that says it allocated.
struct LoggedQuestion {
  Asked asked;
  Measured measured;
  std::vector<std::string> notes;  ///< on what was found and what was not, in sentences
};

/// What `log` tells; `base`, what is known besides, comes before it. Throws Error(kUnknownModel) where neither names a
/// model that is known, and as Finder's parts do.
LoggedQuestion logged_question(const LoadLog& log, const Asked& base, Finder& finder);

/// The audit of `log`, which is called `name`; `base` is what is known besides. Of llama.cpp by the release whose rules
/// come nearest to its compute buffers, among those that the log leaves possible, and with the tokens drafted ahead
/// that its states show. Throws like logged_question().
Audit audit_of(const LoadLog& log, const std::string& name, const Asked& base, Finder& finder);

}  // namespace lfmfit::ask
