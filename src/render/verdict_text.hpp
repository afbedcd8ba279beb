#pragma once

#include <string>

#include "lfmfit/report.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// A word for a column headed "runs": "great", "well", "tight", "partly", "no".
const char* verdict_word(Verdict verdict);

Style verdict_style(Verdict verdict);

/// "12 great, 3 well, 4 not": those that there are.
std::string counts_text(const VerdictCounts& counts);

}  // namespace lfmfit::render
