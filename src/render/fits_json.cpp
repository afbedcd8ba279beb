#include "render/fits.hpp"
#include "render/json_words.hpp"

namespace lfmfit::render {

namespace {

Json row_json(const FitsRow& row) {
  const FittingModel& model = row.model;
  Json json = card_json(*model.question.model);
  json["tasks"] = row.tasks;
  json["runs"] = name_of(model.running);
  json["quantization"] = model.question.quantization->name;
  json["bits_per_weight"] = model.answer.bits_per_weight;
  json["file_bytes"] = model.answer.file_bytes.count();
  json["longest_context"] = row.longest.count();
  json["fit"] = fit_json(*model.answer.fit);
  json["speed"] = speed_json(model.answer.speed);
  json["request"] = request_json(asked_of(model.question, model.answer));
  return json;
}

}  // namespace

Json fits_json(const FitsList& list, const std::string& version) {
  Json json = {{"schema", "lfmfit.fits/1"}, {"version", version}, {"device", device_json(list.device)}};
  json["device"]["usable_bytes"] = list.device.usable.count();
  if (list.min_speed) json["min_speed_tok_s"] = list.min_speed->value();
  json["models_asked"] = list.asked;
  if (list.is_whole) json["models_running"] = list.rows.size();
  json["models"] = Json::array();
  for (const FitsRow& row : list.rows) json["models"].push_back(row_json(row));
  return json;
}

}  // namespace lfmfit::render
