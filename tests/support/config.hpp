#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lfmfit/model.hpp"

/// Files config.json as publishers write them, and the models they are read as.
namespace test::config {

lfmfit::Model read(const std::string& text);
lfmfit::Model read(const nlohmann::ordered_json& fields);

/// As its publisher might write it, with the fields that matter.
nlohmann::ordered_json lfm2();
nlohmann::ordered_json qwen3();
nlohmann::ordered_json deepseek_v3();

/// `fields` with `value` under `name`.
nlohmann::ordered_json with(nlohmann::ordered_json fields, const char* name, const nlohmann::ordered_json& value);

/// Which letter stands for a kind of layer is free.
std::vector<lfmfit::Block> without_letters(std::vector<lfmfit::Block> blocks);

/// Checks that `model` is the one called `id` of the catalogue.
void check_same(const lfmfit::Model& model, const std::string& id);

}  // namespace test::config
