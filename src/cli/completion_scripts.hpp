#pragma once

#include <string>
#include <vector>

namespace lfmfit::cli {

/// Shells that there is a script for.
std::vector<std::string> completion_shells();

/// The script for `shell`, one of those. It asks `lfmfit completion --words` what may stand at the cursor, and completes
/// names of files where that says nothing.
std::string completion_script(const std::string& shell);

}  // namespace lfmfit::cli
