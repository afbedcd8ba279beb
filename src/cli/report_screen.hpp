#pragma once

#include <vector>

#include "ask/question.hpp"
#include "lfmfit/report.hpp"
#include "render/screen.hpp"

namespace lfmfit::cli {

/// The answers of `report` on `devices`, which were named, at every quantization. What a backend refuses is left out.
std::vector<render::NamedAnswer> named_answers(const Report& report,
                                               const std::vector<ReportScope::Candidate>& devices);

/// Where nothing of `report` holds the model, not even with RAM that is known to be there: what lacks least, and the
/// card that does where that is another.
std::vector<render::NearestMiss> nearest_misses(const Report& report, ask::Finder& finder);

}  // namespace lfmfit::cli
