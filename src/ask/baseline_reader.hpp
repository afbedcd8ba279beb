#pragma once

#include <string>

#include "lfmfit/baseline.hpp"

namespace lfmfit::ask {

/// The baseline in `text`, the file at `path`, as `--write-baseline` writes it. Throws Error(kBadFile) naming file,
/// case and key.
Baseline read_baseline(const std::string& path, const std::string& text);

}  // namespace lfmfit::ask
