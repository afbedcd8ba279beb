#include "readers/config_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxWhole = 9007199254740992.0;  // 2^53: above it a double skips whole numbers
constexpr std::size_t kMaxList = 4096;

/// Multimodal models keep the language model's fields in an object of their own.
const nlohmann::json& language_part(const nlohmann::json& document) {
  for (const char* name : {"text_config", "llm_config", "language_config"}) {
    const auto part = document.find(name);
    if (part != document.end() && part->is_object()) return *part;
  }
  return document;
}

bool is_off(const nlohmann::json& value) {
  if (value.is_null() || value == false || value == 0 || value == "") return true;
  return value.is_structured() && value.empty();
}

/// Brings the several spellings of rotation settings to "rope_type" and "partial_rotary_factor".
void flatten_rotation(nlohmann::json& fields) {
  for (const char* name : {"rope_parameters", "rope_scaling"}) {
    const auto found = fields.find(name);
    if (found == fields.end() || !found->is_object()) continue;
    nlohmann::json rotation = *found;
    const auto full = rotation.find("full_attention");
    if (full != rotation.end() && full->is_object()) rotation = nlohmann::json(*full);
    for (const char* type : {"rope_type", "type"}) {
      if (rotation.contains(type) && !fields.contains("rope_type")) fields["rope_type"] = rotation[type];
    }
    if (rotation.contains("partial_rotary_factor")) fields["partial_rotary_factor"] = rotation["partial_rotary_factor"];
  }
}

/// A list that says the same whole number for each layer.
bool is_one_number(const nlohmann::json& value) {
  return value.is_array() && !value.empty() && value[0].is_number_integer() &&
         std::all_of(value.begin(), value.end(), [&](const nlohmann::json& other) { return other == value[0]; });
}

}  // namespace

ConfigFields::ConfigFields(const nlohmann::json& document, std::string file)
    : fields_(language_part(document)), file_(std::move(file)) {
  for (const char* shared : {"tie_word_embeddings", "model_type", "torch_dtype", "dtype"}) {
    if (!fields_.contains(shared) && document.contains(shared)) fields_[shared] = document[shared];
  }
  for (const char* name : {"rope_parameters", "rope_scaling"}) {
    if (fields_.contains(name) && !fields_[name].is_object() && !is_off(fields_[name])) fail(name, "is no object");
  }
  flatten_rotation(fields_);
}

void ConfigFields::fail(const std::string& name, const std::string& problem) const {
  throw Error(ErrorKind::kBadFile, fmt::format("{}: \"{}\" {}", printable(file_, 4096), printable(name), problem));
}

const nlohmann::json* ConfigFields::find(const std::string& name) {
  asked_.insert(name);
  const auto found = fields_.find(name);
  return found == fields_.end() || found->is_null() ? nullptr : &*found;
}

const ConfigDefault* ConfigFields::default_of(const std::string& name) const {
  if (type_ == nullptr) return nullptr;
  const auto found = type_->defaults.find(name);
  return found == type_->defaults.end() ? nullptr : &found->second;
}

std::optional<double> ConfigFields::number(const std::string& name) {
  if (const nlohmann::json* value = find(name)) {
    if (*value == false) return 0;  // there is none
    if (!value->is_number()) fail(name, "is no number");
    return value->get<double>();
  }
  const ConfigDefault* otherwise = default_of(name);
  if (otherwise == nullptr) return std::nullopt;
  if (const auto* flag = std::get_if<bool>(otherwise)) return *flag ? 1 : 0;
  const auto* number = std::get_if<double>(otherwise);
  return number != nullptr ? std::optional<double>(*number) : std::nullopt;
}

std::optional<std::int64_t> ConfigFields::integer(const std::string& name) {
  const std::optional<double> value = number(name);
  if (!value) return std::nullopt;
  if (!(std::abs(*value) < kMaxWhole) || std::floor(*value) != *value) fail(name, "is no whole number below 2^53");
  return static_cast<std::int64_t>(*value);
}

std::optional<bool> ConfigFields::flag(const std::string& name) {
  const nlohmann::json* value = find(name);
  if (value != nullptr && value->is_boolean()) return value->get<bool>();
  const std::optional<std::int64_t> number = integer(name);
  return number ? std::optional<bool>(*number != 0) : std::nullopt;
}

std::optional<std::int64_t> ConfigFields::for_all_layers(const std::string& name, const nlohmann::json& list) const {
  if (!is_one_number(list))
    fail(name,
         "differs from layer to layer or lists no whole numbers, which is not understood; a GGUF of the model "
         "works if its blocks are known");
  const auto layers = fields_.find("num_hidden_layers");
  const std::size_t least = layers == fields_.end()        ? 2
                            : layers->is_number_unsigned() ? layers->get<std::size_t>()
                                                           : kMaxList;
  if (list.size() < least) fail(name, "lists fewer layers than there are");
  return list[0].get<std::int64_t>();
}

std::optional<std::int64_t> ConfigFields::first_integer(const std::vector<std::string>& names) {
  std::optional<std::int64_t> first;
  for (const std::string& name : names) {
    const nlohmann::json* value = find(name);
    if (first) continue;
    first = value != nullptr && value->is_array() ? for_all_layers(name, *value) : integer(name);
  }
  return first;
}

std::optional<std::int64_t> ConfigFields::first_integer(const std::vector<std::string>& names, std::int64_t least) {
  const std::optional<std::int64_t> value = first_integer(names);
  if (!value || *value >= least) return value;
  const auto has_value = [this](const std::string& name) { return first_integer({name}).has_value(); };
  fail(*std::find_if(names.begin(), names.end(), has_value),
       fmt::format("is {}; it must be at least {}", *value, least));
}

std::optional<std::string> ConfigFields::word(const std::string& name) {
  if (const nlohmann::json* value = find(name)) {
    if (value->is_boolean()) return value->get<bool>() ? "true" : "false";
    if (!value->is_string()) fail(name, "is neither a text nor true or false");
    return value->get<std::string>();
  }
  const ConfigDefault* otherwise = default_of(name);
  if (otherwise == nullptr) return std::nullopt;
  if (const auto* flag = std::get_if<bool>(otherwise)) return *flag ? "true" : "false";
  const auto* text = std::get_if<std::string>(otherwise);
  return text != nullptr ? std::optional<std::string>(*text) : std::nullopt;
}

const nlohmann::json* ConfigFields::list(const std::string& name) {
  const nlohmann::json* value = find(name);
  if (value == nullptr || *value == false) return nullptr;
  if (!value->is_array()) fail(name, "is no list");
  if (value->size() > kMaxList)
    fail(name, fmt::format("lists {} elements; no model has so many layers", value->size()));
  return value;
}

bool ConfigFields::is_number(const std::string& name) {
  const nlohmann::json* value = find(name);
  return value != nullptr && value->is_number();
}

std::vector<std::string> ConfigFields::words(const std::string& name) {
  std::vector<std::string> words;
  if (const nlohmann::json* elements = list(name)) {
    for (const nlohmann::json& element : *elements) {
      if (!element.is_string()) fail(name, "is no list of texts");
      words.push_back(element.get<std::string>());
    }
  }
  return words;
}

void ConfigFields::require_all_understood(const ConfigKeys& keys) const {
  const auto has = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& [name, value] : fields_.items()) {
    if (asked_.count(name) != 0 || is_off(value) || has(keys.ignored, name) || has(type_->ignored, name)) continue;
    const bool suspect =
        std::any_of(keys.suspects.begin(), keys.suspects.end(), [&field = name](const std::string& part) {
          return part[0] == '^' ? field.compare(0, part.size() - 1, part, 1) == 0
                                : field.find(part) != std::string::npos;
        });
    if (!suspect) continue;
    throw Error(ErrorKind::kUnsupported,
                fmt::format("{}: the field \"{}\" ({}) is not understood and may change memory; a GGUF of the model "
                            "works if its blocks are known",
                            printable(file_, 4096), printable(name), printable(value.dump(-1, ' ', true), 60)));
  }
}

}  // namespace lfmfit
