#include "render/json_words.hpp"
#include "render/notes.hpp"
#include "render/plan.hpp"
#include "render/remedy_text.hpp"
#include "render/setting_text.hpp"

namespace lfmfit::render {

namespace {

void add_tokens(Json& json, const char* key, const std::optional<Tokens>& tokens) {
  if (tokens) json[key] = tokens->count();
}

Json row_json(const PlanRow& row) {
  const Quantization& quantization = *row.question.quantization;
  Json json = {{"quantization", quantization.name}};
  add_text(json, "quality", quantization.quality);
  if (quantization.quality_percent > 0) json["quality_percent"] = quantization.quality_percent;
  json["bits_per_weight"] = row.answer.bits_per_weight;
  json["file_bytes"] = row.answer.file_bytes.count();
  json["serves"] = row.serves;
  json["options"] = setting_options(row.changes, law_of(row.question).runtime);
  add_tokens(json, "longest_context", row.longest);
  add_tokens(json, "longest_context_small_cache", row.longest_small_cache);
  if (row.answer.fit->host_wanted) json["ram_needed_bytes"] = row.answer.fit->host_wanted->count();
  json["fit"] = fit_json(*row.answer.fit);
  json["speed"] = speed_json(row.answer.speed);
  json["request"] = request_json(asked_of(row.question, row.answer));
  return json;
}

Json head(const Question& question, const Estimate& answer, const std::optional<TokenRate>& min_speed,
          const std::string& version) {
  Json json = {{"schema", "lfmfit.plan/1"}, {"version", version}, {"model", card_json(*question.model)}};
  if (question.device != nullptr) json["device"] = device_json(*question.device);
  json["request"] = request_json(asked_of(question, answer));
  if (min_speed) json["min_speed_tok_s"] = min_speed->value();
  return json;
}

}  // namespace

Json plan_json(const Plan& plan, const std::string& version) {
  Json json = head(plan.question, plan.answer, plan.min_speed, version);
  json["fits"] = plan.best.has_value();
  if (plan.best) json["best"] = row_json(plan.rows[*plan.best]);
  if (!plan.small_cache.empty()) json["small_cache"] = plan.small_cache;
  json["frontier"] = Json::array();
  for (const PlanRow& row : plan.rows) json["frontier"].push_back(row_json(row));
  json["changes"] = remedies_json(plan.remedies);
  json["warnings"] = plan.answer.warnings;
  json["notes"] = notes_about(plan.question, plan.answer);
  return json;
}

Json least_hardware_json(const LeastHardware& least, const std::string& version) {
  const Report& report = least.report;
  Json json = head(report.question, report.estimate, least.min_speed, version);
  json["memory"] = memory_json(report.estimate);
  json["least"] = Json::array();
  for (const DeviceRow& row : least.devices) {
    Json device = device_json(*row.device);
    device["backend"] = row.backend->name;
    device["fit"] = fit_json(row.fit);
    device["speed"] = speed_json(row.speed);
    json["least"].push_back(std::move(device));
  }
  json["warnings"] = report.warnings;
  json["notes"] = report.estimate.notes;
  return json;
}

}  // namespace lfmfit::render
