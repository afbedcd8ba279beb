#include "render/json_words.hpp"

namespace lfmfit::render {

namespace {

const char* name_of(DeviceClass device_class) {
  switch (device_class) {
    case DeviceClass::kGpu: return "gpu";
    case DeviceClass::kUnified: return "unified";
    case DeviceClass::kServer: return "server";
    case DeviceClass::kCpu: break;
  }
  return "cpu";
}

}  // namespace

void add_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json card_json(const Model& model) {
  const ModelCard& card = model.card;
  Json json = {{"id", card.id}, {"name", card.name}};
  add_text(json, "publisher", card.publisher);
  add_text(json, "family", card.family);
  json["architecture"] = model.architecture;
  json["parameters"] = parameter_count(model);
  json["active_parameters"] = active_parameter_count(model);
  json["layers"] = model.blocks.size();
  json["attention_layers"] = attention_layer_count(model);
  json["layer_summary"] = describe_layers(model);
  json["context_train"] = model.context_train.count();
  json["context_limit"] = model.context_limit.count();
  json["vocabulary"] = model.n_vocab;
  if (model.projector) json["mmproj_bytes"] = model.projector->bytes.count();
  add_text(json, "license", card.license);
  add_text(json, "release_date", card.release_date);
  add_text(json, "base_model", card.base_model);
  add_text(json, "source", card.source);
  return json;
}

Json device_json(const Device& device) {
  Json json = {
      {"id", device.id}, {"name", device.name}, {"vendor", device.vendor}, {"class", name_of(device.device_class)}};
  add_text(json, "segment", device.segment);
  add_text(json, "generation", device.generation);
  json["gpu_count"] = device.gpus;
  json["memory_bytes"] = device.memory.count();
  if (device.bandwidth > Bandwidth(0)) json["bandwidth_gb_s"] = in_gb_per_second(device.bandwidth);
  add_text(json, "confidence", device.confidence);
  return json;
}

}  // namespace lfmfit::render
