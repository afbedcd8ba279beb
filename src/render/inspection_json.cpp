#include "render/inspection_text.hpp"

namespace lfmfit::render {

namespace {

Json model_json(const ModelFile& file) {
  const Model& model = file.model;
  Json json = {{"architecture", model.architecture},
               {"format", file.format},
               {"layers", model.blocks.size()},
               {"description", describe_layers(model)},
               {"parameters", parameter_count(model)},
               {"active_parameters", active_parameter_count(model)},
               {"vocabulary", model.n_vocab},
               {"embedding_length", model.n_embd},
               {"context", model.context_limit.count()},
               {"tied_embeddings", model.tied_embeddings},
               {"stored_as", file.stored_as},
               {"stored_bytes", file.stored_bytes.count()},
               {"stored_bytes_counted", file.stored_bytes_counted}};
  if (!model.card.name.empty()) json["name"] = model.card.name;
  if (!file.notes.empty()) json["notes"] = file.notes;
  std::string layout;
  for (const Block& block : model.blocks) layout += block.letter;
  json["layout"] = layout;
  return json;
}

}  // namespace

Json inspection_json(const Inspection& inspection) {
  Json json = {{"schema", "lfmfit.inspection/1"},
               {"path", inspection.path},
               {"format", inspection.format},
               {"files", inspection.files},
               {"file_bytes", inspection.file_bytes.count()},
               {"tensor_bytes", inspection.tensor_bytes.count()}};
  if (inspection.model) json["model"] = model_json(*inspection.model);
  if (inspection.companion) {
    const Companion& companion = *inspection.companion;
    json["companion"] = {
        {"kind", name_of(companion.kind)}, {"tensors", companion.tensors.size()}, {"bytes", companion.bytes.count()}};
    if (!companion.architecture.empty()) json["companion"]["architecture"] = companion.architecture;
  }
  if (!inspection.problem.empty()) json["problem"] = inspection.problem;
  json["tensors"] = Json::array();
  for (const TensorGroup& group : inspection.tensors) {
    json["tensors"].push_back({{"role", group.role},
                               {"type", group.type},
                               {"tensors", group.tensors},
                               {"elements", group.elements},
                               {"bytes", group.bytes.count()}});
  }
  json["metadata"] = Json::object();
  for (const MetadataLine& line : inspection.metadata) json["metadata"][line.key] = line.value;
  return json;
}

Json local_models_json(const std::vector<const LocalModel*>& models) {
  Json json = Json::array();
  for (const LocalModel* model : models) {
    Json row = {{"name", model->name},
                {"tool", model->tool},
                {"format", model->format},
                {"path", model->path},
                {"bytes", model->bytes.count()}};
    if (!model->mmproj.empty()) row["mmproj"] = model->mmproj;
    json.push_back(std::move(row));
  }
  return json;
}

}  // namespace lfmfit::render
