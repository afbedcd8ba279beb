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

}  // namespace lfmfit::ask
