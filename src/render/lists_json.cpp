#include "render/json_words.hpp"
#include "render/lists.hpp"

namespace lfmfit::render {

namespace {

Json range_json(const ByteRange& range) {
  return {{"low", range.low.count()}, {"value", range.value.count()}, {"high", range.high.count()}};
}

Json knob_json(const MemoryKnob& knob) {
  return {{"setting", knob.setting},
          {"value", knob.value},
          {"how", knob.how},
          {"usable_bytes", knob.usable.count()},
          {"leaves_bytes", knob.leaves.count()}};
}

}  // namespace

Json models_json(const std::vector<const Model*>& models) {
  Json list = Json::array();
  for (const Model* model : models) list.push_back(card_json(*model));
  return list;
}

Json devices_json(const std::vector<const Device*>& devices) {
  Json list = Json::array();
  for (const Device* device : devices) {
    Json row = device_json(*device);
    if (device->reported > Bytes(0)) row["reported_bytes"] = device->reported.count();
    if (device->total.value > Bytes(0)) row["total_bytes"] = range_json(device->total);
    row["usable_bytes"] = device->usable.count();
    add_text(row, "usable_note", device->usable_note);
    if (device->desktop) row["desktop_bytes"] = range_json(device->desktop->on_linux);
    if (device->desktop && device->desktop->on_windows)
      row["desktop_windows_bytes"] = range_json(*device->desktop->on_windows);
    if (device->knob) row["knob"] = knob_json(*device->knob);
    if (device->host_memory) row["host_memory_bytes"] = device->host_memory->count();
    row["backend"] = device->backend;
    if (device->year > 0) row["year"] = device->year;
    add_text(row, "source", device->source);
    list.push_back(std::move(row));
  }
  return list;
}

Json quantizations_json(const std::vector<const Quantization*>& quantizations) {
  Json list = Json::array();
  for (const Quantization* quantization : quantizations) {
    Json row = {{"name", quantization->name}};
    if (quantization->default_type != nullptr) row["default_type"] = quantization->default_type->name;
    add_text(row, "quality", quantization->quality);
    if (quantization->quality_percent > 0) row["quality_percent"] = quantization->quality_percent;
    row["recommended"] = quantization->recommended;
    add_text(row, "publisher", quantization->publisher);
    add_text(row, "like", quantization->like);
    row["needs_importance_matrix"] = quantization->needs_importance_matrix;
    list.push_back(std::move(row));
  }
  return list;
}

Json backends_json(const std::vector<const Backend*>& backends) {
  Json list = Json::array();
  for (const Backend* backend : backends) {
    list.push_back({{"name", backend->name},
                    {"label", backend->label},
                    {"runtime", releases().back().name},
                    {"measured", backend->measured}});
  }
  return list;
}

Json architectures_json(const std::vector<const Architecture*>& architectures) {
  Json list = Json::array();
  for (const Architecture* architecture : architectures) {
    Json blocks = Json::object();
    for (const auto& [letter, block] : architecture->blocks) {
      blocks[std::string(1, letter)] = {{"mixer", block.mixer}, {"feed_forward", block.feed_forward}};
    }
    list.push_back({{"name", architecture->name}, {"blocks", blocks}});
  }
  return list;
}

}  // namespace lfmfit::render
