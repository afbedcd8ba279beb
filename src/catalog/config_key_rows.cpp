#include "catalog/config_key_rows.hpp"

#include "catalog/strict_json.hpp"

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

Settings read_word(StrictObject object) {
  Settings settings;
  for (const std::string& name : object.keys()) {
    const nlohmann::json& value = object.raw(name);
    if (value.is_boolean())
      settings[name] = value.get<bool>() ? 1 : 0;
    else
      settings[name] = setting_value(name, object.text(name));
  }
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

}  // namespace

ConfigKeys read_config_keys(std::string_view path, std::string_view text) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  ConfigKeys keys;
  keys.keys = read_keys(root.object("keys"));
  for (StrictObject& row : root.objects("model_types", "architecture"))
    keys.model_types.push_back(read_model_type(row));
  keys.suspects = root.texts("suspects");
  keys.ignored = root.texts("ignored");
  root.finish();
  return keys;
}

}  // namespace lfmfit
