#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lfmfit/model.hpp"

/// Files config.json as publishers write them, and the models they are read as.
namespace test::config {

using Json = nlohmann::ordered_json;

lfmfit::Model read(const std::string& text);
lfmfit::Model read(const Json& fields);

/// As its publisher might write it, with the fields that matter.
Json lfm2();
Json qwen3();
Json deepseek_v3();

/// `fields` with `value` under `name`.
Json with(Json fields, const char* name, const Json& value);

/// Which letter stands for a kind of layer is free.
std::vector<lfmfit::Block> without_letters(std::vector<lfmfit::Block> blocks);

/// Checks that `model` is the one called `id` of the catalogue.
void check_same(const lfmfit::Model& model, const std::string& id);

}  // namespace test::config
