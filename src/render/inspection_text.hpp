#pragma once

#include <string>
#include <vector>

#include "lfmfit/inspection.hpp"
#include "lfmfit/local_model.hpp"
#include "render/json.hpp"
#include "render/style.hpp"
#include "render/text_table.hpp"

namespace lfmfit::render {

/// What a file holds: what lfmfit concludes, then tensors by purpose and type, then the metadata.
std::string inspection_text(const Inspection& inspection, const Terminal& terminal);

/// Schema lfmfit.inspection/1.
Json inspection_json(const Inspection& inspection);

/// Models that lie on this machine: as a table and as a JSON array. Rows are never null.
TextTable local_models_table(const std::vector<const LocalModel*>& models);
Json local_models_json(const std::vector<const LocalModel*>& models);

}  // namespace lfmfit::render
