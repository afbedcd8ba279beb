#include "render/page_json_words.hpp"

#include <cmath>
#include <string>

#include "page/page_row.hpp"
#include "render/figures.hpp"
#include "render/json_words.hpp"

namespace lfmfit::render {

double rounded(double value, int digits) {
  if (value == 0 || !std::isfinite(value)) return 0;
  const double scale = std::pow(10.0, digits - 1 - std::floor(std::log10(std::abs(value))));
  return std::round(value * scale) / scale;
}

Json printed_rate(TokenRate rate) {
  const std::string text = rate_text(rate);
  return text.find('.') == std::string::npos ? Json(std::stoll(text)) : Json(std::stod(text));
}

int asks_of(const PageCompute& state) { return (state.multiplies_floats ? 1 : 0) + (state.splits_tiles ? 2 : 0); }

void add_driver(Json& json, const PageDriver& driver) {
  json["driver_bytes"] = driver.always.value.count();
  json["driver_high_bytes"] = driver.always.high.count();
  if (driver.blas.high == Bytes()) return;
  json["blas_bytes"] = driver.blas.value.count();
  json["blas_high_bytes"] = driver.blas.high.count();
  json["tile_bytes"] = driver.tiles.count();
}

Json page_device_json(const PageDevice& row) {
  const Device& device = *row.device;
  Json json = device_json(device);
  json.erase("confidence");
  json.erase("generation");
  json.erase("gpu_count");
  json["gpus"] = device.gpus;
  if (device.year > 0) json["year"] = device.year;
  if (device.tdp_watts > 0) json["watts"] = device.tdp_watts * device.gpus;
  if (const int tier = owner_tier(device); tier > 0) json["tier"] = tier;
  json["usable_bytes"] = row.usable.count();
  json["backend"] = row.backend;
  add_driver(json, row.driver);
  json["most"] = Json::array();
  for (const Bytes bytes : row.most) json["most"].push_back(bytes.count());
  if (row.pool) {
    json["pool_bytes"] = row.pool->count();
    json["most_of_pool"] = Json::array();
    for (const Bytes bytes : row.most_of_pool) json["most_of_pool"].push_back(bytes.count());
  }
  json["speed_limit"] = row.speed_limit.count();
  return json;
}

void add_calling(Json& json, const Device& device) {
  if (!device.also_called.empty()) json["also_called"][device.id] = device.also_called;
}

Json columns_json(const Json& objects) {
  Json columns = Json::array(), rows = Json::array();
  for (const Json& object : objects) {
    for (const auto& [key, value] : object.items()) {
      if (std::find(columns.begin(), columns.end(), key) == columns.end()) columns.push_back(key);
    }
  }
  for (const Json& object : objects) {
    Json row = Json::array();
    for (const Json& key : columns) row.push_back(object.value(key.get_ref<const std::string&>(), Json()));
    rows.push_back(std::move(row));
  }
  return {{"columns", std::move(columns)}, {"rows", std::move(rows)}};
}

}  // namespace lfmfit::render
