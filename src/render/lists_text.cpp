#include <fmt/format.h>

#include <string>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/lists.hpp"

namespace lfmfit::render {

namespace {

std::string or_dash(bool known, std::string text) { return known ? std::move(text) : "-"; }

std::string memory_text(const Device& device) {
  const std::string one = fmt::format("{:.4g} GiB", in_gib(device.memory));
  return device.gpus > 1 ? fmt::format("{} x {}", device.gpus, one) : one;
}

std::string kinds_of(const Architecture& architecture) {
  std::string text;
  for (const auto& [letter, block] : architecture.blocks) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", letter, block.mixer);
    if (block.feed_forward != "none") text += " + " + block.feed_forward;
  }
  return text;
}

std::string default_type(const Quantization& quantization) {
  return quantization.default_type == nullptr ? "" : quantization.default_type->name;
}

std::string importance_matrix_text(const Quantization& quantization) {
  if (quantization.needs_importance_matrix) return "needed";
  return quantization.importance_matrix ? "usual" : "";
}

}  // namespace

TextTable models_table(const std::vector<const Model*>& models) {
  TextTable table({{"Model"},
                   {"parameters", Align::kRight},
                   {"active", Align::kRight},
                   {"context", Align::kRight},
                   {"architecture"}});
  for (const Model* model : models) {
    table.add({{model->card.id},
               {parameters_text(parameter_count(*model))},
               {parameters_text(active_parameter_count(*model))},
               {grouped(model->context_limit.count())},
               {model->architecture}});
  }
  return table;
}

TextTable devices_table(const std::vector<const Device*>& devices) {
  TextTable table({{"Device"},
                   {"name", Align::kLeft, true},
                   {"memory", Align::kRight},
                   {"GB/s", Align::kRight},
                   {"segment"},
                   {"backend"}});
  for (const Device* device : devices) {
    table.add({{device->id},
               {device->name},
               {memory_text(*device)},
               {or_dash(device->bandwidth > Bandwidth(0), fmt::format("{:.0f}", in_gb_per_second(device->bandwidth)))},
               {device->segment},
               {device->backend}});
  }
  return table;
}

TextTable quantizations_table(const std::vector<const Quantization*>& quantizations) {
  TextTable table(
      {{"Quantization"}, {"mostly"}, {"quality, by rule of thumb", Align::kLeft, true}, {"importance matrix"}});
  for (const Quantization* quantization : quantizations) {
    const std::string percent =
        quantization->quality_percent > 0 ? fmt::format("~{:g} %, ", quantization->quality_percent) : "";
    const std::string recommended = quantization->recommended ? ", recommended" : "";
    const std::string whose =
        quantization->publisher.empty() ? "" : fmt::format("own mix, from {}", quantization->like);
    table.add({{quantization->name},
               {default_type(*quantization)},
               {percent + quantization->quality + recommended + whose},
               {importance_matrix_text(*quantization)}});
  }
  return table;
}

TextTable backends_table(const std::vector<const Backend*>& backends) {
  TextTable table({{"Runtime"}, {"backend"}, {"bytes checked against real allocations"}});
  for (const Backend* backend : backends)
    table.add({{backend->name},
               {std::string(releases().back().name) + " on " + backend->label},
               {backend->measured ? "yes" : "no"}});
  return table;
}

TextTable architectures_table(const std::vector<const Architecture*>& architectures) {
  TextTable table({{"Architecture"}, {"kinds of block", Align::kLeft, true}});
  for (const Architecture* architecture : architectures) table.add({{architecture->name}, {kinds_of(*architecture)}});
  return table;
}

}  // namespace lfmfit::render
