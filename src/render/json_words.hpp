#pragma once

#include <string>

#include "lfmfit/device.hpp"
#include "lfmfit/model.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// Pieces that several kinds of JSON answer share.

/// Sets `key` unless `text` is empty, which stands for unknown.
void add_text(Json& json, const char* key, const std::string& text);

/// What is known about a model itself: id, name, sizes, contexts, license, source.
Json card_json(const Model& model);

/// What is known about a device itself: id, name, vendor, class, memory, bandwidth.
Json device_json(const Device& device);

}  // namespace lfmfit::render
