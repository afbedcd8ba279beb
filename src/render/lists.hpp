#pragma once

#include <string>
#include <vector>

#include "lfmfit/architecture.hpp"
#include "lfmfit/backend.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"
#include "render/json.hpp"
#include "render/text_table.hpp"

namespace lfmfit::render {

/// Lists of facts: as tables for people and as JSON arrays for programs. Rows are never null.
TextTable models_table(const std::vector<const Model*>& models);
TextTable devices_table(const std::vector<const Device*>& devices);
/// One device in full: what it is, what of its memory is usable and why, and where that is from.
std::string device_text(const Device& device, const Terminal& terminal);
TextTable quantizations_table(const std::vector<const Quantization*>& quantizations);
TextTable backends_table(const std::vector<const Backend*>& backends);
TextTable architectures_table(const std::vector<const Architecture*>& architectures);

Json models_json(const std::vector<const Model*>& models);
Json devices_json(const std::vector<const Device*>& devices);
Json quantizations_json(const std::vector<const Quantization*>& quantizations);
Json backends_json(const std::vector<const Backend*>& backends);
Json architectures_json(const std::vector<const Architecture*>& architectures);

}  // namespace lfmfit::render
