#include "render/json.hpp"

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

void add_text(Json& json, const char* key, const std::string& text) {
  if (!text.empty()) json[key] = text;
}

Json model_json(const Report& report) {
  const Model& model = *report.question.model;
  const ModelCard& card = model.card;
  Json json = {{"id", card.id}, {"name", card.name}};
  add_text(json, "publisher", card.publisher);
  add_text(json, "family", card.family);
  json["architecture"] = model.architecture;
  json["parameters"] = report.parameters;
  json["active_parameters"] = report.active_parameters;
  json["layers"] = model.blocks.size();
  json["attention_layers"] = report.attention_layers;
  json["layer_summary"] = report.layers;
  json["context_train"] = model.context_train.count();
  json["context_limit"] = model.context_limit.count();
  json["vocabulary"] = model.n_vocab;
  add_text(json, "license", card.license);
  add_text(json, "release_date", card.release_date);
  add_text(json, "base_model", card.base_model);
  add_text(json, "source", card.source);
  return json;
}

Json quantization_json(const QuantizationRow& row) {
  Json json = {{"name", row.quantization->name},
               {"bits_per_weight", row.bits_per_weight},
               {"file_bytes", row.file_bytes.count()},
               {"total_bytes", row.total.count()},
               {"total_full_context_bytes", row.total_full_context.count()}};
  if (row.page_vram) json["page_vram_bytes"] = row.page_vram->count();
  add_text(json, "quality", row.quantization->quality);
  if (row.quantization->quality_percent > 0) json["quality_percent"] = row.quantization->quality_percent;
  return json;
}

Json device_json(const DeviceRow& row) {
  const Device& device = *row.device;
  Json json = {{"id", device.id}, {"name", device.name}, {"vendor", device.vendor}, {"class", name_of(device.device_class)}};
  add_text(json, "segment", device.segment);
  add_text(json, "generation", device.generation);
  json["backend"] = row.backend->name;
  json["gpu_count"] = device.gpus;
  json["memory_bytes"] = device.memory.count();
  json.update(fit_json(row.fit));
  if (row.speed) json.update(speed_json(*row.speed));
  if (device.bandwidth > Bandwidth(0)) json["bandwidth_gb_s"] = device.bandwidth.value() / 1e9;
  add_text(json, "confidence", device.confidence);
  return json;
}

Json rows_json(const std::vector<DeviceRow>& rows) {
  Json json = Json::array();
  for (const DeviceRow& row : rows) json.push_back(device_json(row));
  return json;
}

}  // namespace

Json report_json(const Report& report, const std::string& version) {
  Json json = {{"schema", "lfmfit.report/1"}, {"version", version}};
  json["model"] = model_json(report);
  json["request"] = request_json(report.question, report.estimate.request);
  json["memory"] = memory_json(report.estimate.memory);
  json["quantizations"] = Json::array();
  for (const QuantizationRow& row : report.quantizations) json["quantizations"].push_back(quantization_json(row));
  json["gpus"] = rows_json(report.gpus);
  json["devices"] = rows_json(report.unified);
  if (!report.cpus.empty()) json["cpus"] = rows_json(report.cpus);
  json["warnings"] = report.warnings;
  return json;
}

}  // namespace lfmfit::render
