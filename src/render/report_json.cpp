#include "render/device_row_json.hpp"
#include "render/json.hpp"
#include "render/json_words.hpp"
#include "render/notes.hpp"

namespace lfmfit::render {

namespace {

Json quantization_json(const QuantizationRow& row) {
  Json json = {{"name", row.quantization->name},
               {"bits_per_weight", row.bits_per_weight},
               {"file_bytes", row.file_bytes.count()},
               {"total_bytes", row.total.count()},
               {"total_full_context_bytes", row.total_full_context.count()}};
  if (row.total_headline) json["page_vram_bytes"] = row.total_headline->count();
  add_text(json, "quality", row.quantization->quality);
  if (row.quantization->quality_percent > 0) json["quality_percent"] = row.quantization->quality_percent;
  json["recommended"] = row.quantization->recommended;
  return json;
}

Json rows_json(const std::vector<DeviceRow>& rows) {
  Json json = Json::array();
  for (const DeviceRow& row : rows) json.push_back(device_row_json(row));
  return json;
}

}  // namespace

Json report_json(const Report& report, const std::string& version) {
  Json json = {{"schema", "lfmfit.report/1"}, {"version", version}};
  json["model"] = card_json(*report.question.model);
  json["request"] = request_json(asked_of(report.question, report.estimate));
  json["memory"] = memory_json(report.estimate);
  json["quantizations"] = Json::array();
  for (const QuantizationRow& row : report.quantizations) json["quantizations"].push_back(quantization_json(row));
  json["gpus"] = rows_json(report.gpus);
  json["devices"] = rows_json(report.unified);
  json["cpus"] = rows_json(report.cpus);
  json["warnings"] = report.warnings;
  json["notes"] = notes_about(report);
  return json;
}

}  // namespace lfmfit::render
