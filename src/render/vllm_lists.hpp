#pragma once

#include <string>
#include <vector>

#include "lfmfit/vllm.hpp"
#include "render/json.hpp"
#include "render/text_table.hpp"

namespace lfmfit::render {

/// Releases of vLLM: as a table and as a JSON array. Rows are never null.
TextTable vllm_versions_table(const std::vector<const VllmVersion*>& versions);
Json vllm_versions_json(const std::vector<const VllmVersion*>& versions);

/// What is known of vLLM, how surely, and in which forms it loads checkpoints.
std::string vllm_forms_text(const std::vector<CheckpointForm>& forms, const Terminal& terminal);

}  // namespace lfmfit::render
