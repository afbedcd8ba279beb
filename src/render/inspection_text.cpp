#include "render/inspection_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"

namespace lfmfit::render {

namespace {

/// "1.17 B parameters, 16 layers: 10 short-conv, 6 attention; context 128,000; vocabulary 65,536"
std::string model_line(const Model& model) {
  const std::int64_t all = parameter_count(model);
  const std::int64_t active = active_parameter_count(model);
  const std::string used = active < all ? fmt::format(" ({} for each token)", parameters_text(active)) : "";
  return fmt::format("{} parameters{}, {}; context {}; vocabulary {}{}", parameters_text(all), used,
                     describe_layers(model), grouped(model.context_limit.count()), grouped(model.n_vocab),
                     model.tied_embeddings ? ", tied embeddings" : "");
}

std::string conclusion(const Inspection& inspection) {
  if (inspection.companion) {
    const Companion& companion = *inspection.companion;
    const std::string whose =
        companion.architecture.empty() ? "a model" : "a model of architecture " + companion.architecture;
    return fmt::format("{} of {}: {} tensors, {} bytes beside the model's", name_of(companion.kind), whose,
                       companion.tensors.size(), grouped(companion.bytes.count()));
  }
  if (!inspection.model) return "not understood: " + inspection.problem;
  const ModelFile& file = *inspection.model;
  const double bits = 8.0 * static_cast<double>(file.stored_bytes.count()) /
                      static_cast<double>(std::max<std::int64_t>(parameter_count(file.model), 1));
  return fmt::format("{} {}: {}\nstored as {}: {}{} bytes of weights, {:.2f} bits per weight", file.model.architecture,
                     file.format, model_line(file.model), file.stored_as, file.stored_bytes_counted ? "" : "about ",
                     grouped(file.stored_bytes.count()), bits);
}

std::string lines(const std::string& text, const Terminal& terminal) {
  std::string result;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    result += wrapped(printable(text.substr(start, end - start)), terminal.width, "  ") + "\n";
    start = end + 1;
  }
  return result;
}

}  // namespace

std::string inspection_text(const Inspection& inspection, const Terminal& terminal) {
  std::string text = styled(printable(inspection.path), Style::kStrong, terminal) + "\n";
  const std::string pieces = inspection.files.size() > 1 ? fmt::format(" in {} files", inspection.files.size()) : "";
  if (inspection.file_bytes > Bytes(0)) {
    text += lines(fmt::format("{}{}, {} bytes, of which tensors {}", inspection.format, pieces,
                              grouped(inspection.file_bytes.count()), grouped(inspection.tensor_bytes.count())),
                  terminal);
  } else {
    text += inspection.format + "\n";
  }
  text += lines(conclusion(inspection), terminal);
  if (inspection.model) {
    for (const std::string& note : inspection.model->notes) text += lines("note: " + note, terminal);
  }
  if (!inspection.tensors.empty()) {
    TextTable table(
        {{"Tensors for"}, {"type"}, {"tensors", Align::kRight}, {"numbers", Align::kRight}, {"bytes", Align::kRight}});
    for (const TensorGroup& group : inspection.tensors) {
      table.add({{group.role},
                 {group.type},
                 {grouped(group.tensors)},
                 {grouped(group.elements)},
                 {grouped(group.bytes.count())}});
    }
    text += "\n" + table.text(terminal);
  }
  if (!inspection.metadata.empty()) {
    TextTable table({{"Metadata"}, {"type"}, {"value", Align::kLeft, true}});
    for (const MetadataLine& line : inspection.metadata) table.add({{line.key}, {line.type}, {line.value}});
    text += "\n" + table.text(terminal);
  }
  return text;
}

TextTable local_models_table(const std::vector<const LocalModel*>& models) {
  TextTable table({{"Model"}, {"tool"}, {"format"}, {"size", Align::kRight}});
  for (const LocalModel* model : models)
    table.add({{model->name}, {model->tool}, {model->format}, {gb_text(model->bytes)}});
  return table;
}

}  // namespace lfmfit::render
