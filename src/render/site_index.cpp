#include "render/site_index.hpp"

#include <algorithm>

#include "core/base/number_text.hpp"
#include "page/page_row.hpp"
#include "render/figures.hpp"
#include "render/html.hpp"
#include "render/page_json_words.hpp"
#include "render/web_files.hpp"

namespace lfmfit::render {

namespace {

template <class Item>
std::size_t index_in(std::vector<Item>& items, Item item) {
  const auto place = std::find(items.begin(), items.end(), item);
  if (place != items.end()) return static_cast<std::size_t>(place - items.begin());
  items.push_back(item);
  return items.size() - 1;
}

}  // namespace

SiteIndex::SiteIndex(const std::vector<Quantization>& quantizations) {
  for (const Quantization& quantization : quantizations) {
    if (quantization.listed) quantizations_.push_back(&quantization);
  }
}

SiteIndex::Need SiteIndex::need(const ModelPage& page, const PageBackend& table) const {
  PageState state = first_state(page);
  Need need;
  for (const Quantization* quantization : quantizations_) {
    const auto& rows = page.choices.quantizations;
    const auto place = std::find(rows.begin(), rows.end(), quantization);
    state.quantization = static_cast<std::size_t>(place - rows.begin());
    const auto memory = place == rows.end() ? std::nullopt : memory_in(page, table, state);
    need.gpu.push_back(memory ? Json(memory->high.count()) : Json());
    need.pooled.push_back(memory ? Json(compute_in(page, table, state)->pooled.count()) : Json());
    need.asks.push_back(memory ? Json(asks_of(*compute_in(page, table, state))) : Json());
  }
  return need;
}

void SiteIndex::add(const ModelPage& page, const std::string& href) {
  const Model& model = *page.question.model;
  const ModelCard& card = model.card;
  const PageState state = recommended_state(page);
  const std::size_t q = state.quantization;
  Entry entry;
  entry.model = {{"id", card.id},
                 {"name", card.name},
                 {"publisher", card.publisher},
                 {"family", card.family},
                 {"parameters", parameter_count(model)},
                 {"active_parameters", active_parameter_count(model)},
                 {"context_limit", model.context_limit.count()},
                 {"release_date", card.release_date},
                 {"href", href},
                 {"recommended", Json()},
                 {"file", Json::array()}};
  for (std::size_t i = 0; i < quantizations_.size(); ++i) {
    const auto& rows = page.choices.quantizations;
    const auto place = std::find(rows.begin(), rows.end(), quantizations_[i]);
    entry.model["file"].push_back(
        place == rows.end() ? Json() : Json(page.file_bytes[static_cast<std::size_t>(place - rows.begin())].count()));
    if (quantizations_[i] == page.choices.quantizations[q]) entry.model["recommended"] = i;
  }
  for (const PageBackend& table : page.backends) {
    const BackendUse use{table.backend, table.gpus};
    index_in(backends_, use);
    entry.need[use] = need(page, table);
  }
  for (const PageDevice& row : page.devices) {
    if (index_in(devices_, row.device) == device_rows_.size()) {
      Json device = page_device_json(row);
      const PageBackend& table = page.backends[row.backend];
      device["backend"] = index_in(backends_, BackendUse{table.backend, table.gpus});
      device.erase("speed_limit");
      device_rows_.push_back(std::move(device));
    }
    const std::optional<PageRow> told = row_of(page, row, state);
    if (told && told->decode) entry.decode[row.device] = printed_rate(told->decode->value);
  }
  context_ = page.question.request.context;
  runtime_ = release_of(page.question.request).name;
  entries_.push_back(std::move(entry));
}

Json SiteIndex::data(const std::string& version) const {
  Json json = {{"schema", "lfmfit.site/1"}, {"version", version}, {"runtime", runtime_}, {"context", context_.count()}};
  for (const Quantization* quantization : quantizations_) json["quantizations"].push_back(quantization->name);
  for (const BackendUse& use : backends_)
    json["backends"].push_back({{"name", use.first->name}, {"label", use.first->label}, {"gpus", use.second}});
  Json models = Json::array(), decode = Json::array();
  for (const Entry& entry : entries_) {
    Json model = entry.model;
    model["need"] = Json::array();
    model["pooled"] = Json::array();
    model["asks"] = Json::array();
    for (const BackendUse& use : backends_) {
      const auto place = entry.need.find(use);
      for (std::size_t q = 0; q < quantizations_.size(); ++q) {
        model["need"].push_back(place == entry.need.end() ? Json() : place->second.gpu[q]);
        model["pooled"].push_back(place == entry.need.end() ? Json() : place->second.pooled[q]);
        model["asks"].push_back(place == entry.need.end() ? Json() : place->second.asks[q]);
      }
    }
    models.push_back(std::move(model));
    for (const Device* device : devices_) {
      const auto place = entry.decode.find(device);
      decode.push_back(place == entry.decode.end() ? Json() : place->second);
    }
  }
  for (const Device* device : devices_) add_calling(json, *device);
  json["models"] = columns_json(models);
  json["devices"] = columns_json(device_rows_);
  json["decode"] = std::move(decode);
  return json;
}

std::string SiteIndex::plain() const {
  std::string html = "<h1>Hardware requirements of language models</h1>\n<ul>\n";
  for (const Entry& entry : entries_) {
    const auto text = [&](const char* key) { return escaped(entry.model.at(key).get<std::string>()); };
    html += "<li><a href=\"" + text("href") + "\"><bdi>" + text("name") + "</bdi></a>, " +
            parameters_text(entry.model.at("parameters").get<std::int64_t>()) + " parameters</li>\n";
  }
  return html + "</ul>\n";
}

std::string SiteIndex::html(const std::string& version) const {
  const std::string text =
      "What " + std::to_string(entries_.size()) + " language models need, and which hardware runs them.";
  return filled(web_file("index.html"), {{"title", "Hardware requirements of language models"},
                                         {"description", text},
                                         {"plain", plain()},
                                         {"style", std::string(web_file("page.css"))},
                                         {"data", script_json(data(version))},
                                         {"script", script_of("index.html")}});
}

}  // namespace lfmfit::render
