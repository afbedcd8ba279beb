#include "catalog/config_key_rows.hpp"

#include <algorithm>
#include <utility>

#include "catalog/strict_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

ConfigKeyTable read_keys(StrictObject object) {
  ConfigKeyTable keys;
  for (const std::string& key : object.keys()) keys[key] = object.texts(key);
  object.finish();
  return keys;
}

std::map<std::string, ConfigDefault> read_defaults(StrictObject object) {
  std::map<std::string, ConfigDefault> defaults;
  for (const std::string& key : object.keys()) {
    const nlohmann::json& value = object.raw(key);
    if (value.is_boolean())
      defaults[key] = value.get<bool>();
    else if (value.is_number())
      defaults[key] = value.get<double>();
    else
      defaults[key] = object.text(key);
  }
  object.finish();
  return defaults;
}

std::int64_t read_setting(StrictObject& object, const std::string& name) {
  const nlohmann::json& value = object.raw(name);
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  const std::string word = object.text(name);
  try {
    return setting_value(name, word);
  } catch (const Error& error) {
    object.fail(name, std::string("cannot be used: ") + error.what());
  }
}

Settings read_word(StrictObject object) {
  Settings settings;
  for (const std::string& name : object.keys()) settings[name] = read_setting(object, name);
  object.finish();
  return settings;
}

std::map<std::string, std::map<std::string, Settings>> read_words(StrictObject object) {
  std::map<std::string, std::map<std::string, Settings>> fields;
  for (const std::string& field : object.keys()) {
    StrictObject words = object.object(field);
    for (const std::string& word : words.keys()) fields[field][word] = read_word(words.object(word));
    words.finish();
  }
  object.finish();
  return fields;
}

ConfigModelType read_model_type(StrictObject& row) {
  ConfigModelType type;
  type.names = row.texts("names");
  if (type.names.empty()) row.fail("names", "must not be empty");
  type.architecture = row.text("architecture");
  type.architecture_with_experts = row.text_or("architecture_with_experts", "");
  type.architecture_of_attention_alone = row.text_or("architecture_of_attention_alone", "");
  type.tied = row.flag_or("tied", false);
  if (row.has("keys")) type.keys = read_keys(row.object("keys"));
  if (row.has("defaults")) type.defaults = read_defaults(row.object("defaults"));
  if (row.has("words")) type.words = read_words(row.object("words"));
  if (row.has("ignored")) type.ignored = row.texts("ignored");
  row.finish();
  return type;
}

/// Adds `type`, which alone answers for its names: earlier rows lose those, and go where they have no other.
void put(std::vector<ConfigModelType>& rows, ConfigModelType type) {
  for (ConfigModelType& row : rows) {
    row.names.erase(std::remove_if(row.names.begin(), row.names.end(),
                                   [&](const std::string& name) {
                                     return std::find(type.names.begin(), type.names.end(), name) != type.names.end();
                                   }),
                    row.names.end());
  }
  rows.erase(std::remove_if(rows.begin(), rows.end(), [](const ConfigModelType& row) { return row.names.empty(); }),
             rows.end());
  rows.push_back(std::move(type));
}

}  // namespace

ConfigKeys read_config_keys(std::string_view path, std::string_view text) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  ConfigKeys keys;
  keys.keys = read_keys(root.object("keys"));
  for (StrictObject& row : root.objects("model_types", "architecture")) put(keys.model_types, read_model_type(row));
  keys.suspects = root.texts("suspects");
  keys.ignored = root.texts("ignored");
  root.finish();
  return keys;
}

}  // namespace lfmfit
