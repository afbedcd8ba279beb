#include "ask/model_finder.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <utility>

#include "ask/adapter_shapes.hpp"
#include "ask/quantization_words.hpp"
#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/reader_facts.hpp"

namespace lfmfit::ask {

namespace {

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string counted(std::size_t count, const char* noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

namespace fs = std::filesystem;

bool is_hidden(const fs::directory_entry& entry) { return entry.path().filename().string().front() == '.'; }

/// Whether a file or a folder that holds something lies at `path`. A folder without, which a download that was given up
/// leaves, may be called like a model of the catalogue.
bool is_model(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error || !fs::exists(status)) return false;
  if (looks_like_path(path) || !fs::is_directory(status)) return true;
  fs::directory_iterator entry(path, error);
  while (!error && entry != fs::directory_iterator() && is_hidden(*entry)) entry.increment(error);
  return error || entry != fs::directory_iterator();
}

/// The row for how a file is stored: that of the file type, or one made up for a mixture that has no name.
Quantization quantization_of(const Catalog& catalog, const std::string& stored_as) {
  for (const Quantization& row : catalog.quantizations()) {
    if (same_but_case(row.name, stored_as)) return row;
  }
  Quantization row = catalog.quantizations().front();
  row.name = stored_as.empty() ? "as stored" : stored_as;
  row.quality.clear();
  row.quality_percent = 0;
  row.nominal_bits = 0;
  row.needs_importance_matrix = false;
  return row;
}

/// The repository of GGUF files that `text` names, without a tag: whose owner made them. Empty for others, as those of
/// the models themselves.
std::string repository_of_files(const std::string& text) {
  std::string repository = text.substr(0, text.find(':'));
  return lower(repository).find("gguf") == std::string::npos ? std::string() : repository;
}

}  // namespace

bool looks_like_path(const std::string& text) {
  const bool has_form = text.compare(0, 1, "/") == 0 || text.compare(0, 2, "./") == 0 ||
                        text.compare(0, 3, "../") == 0 || ends_with(text, ".gguf") || ends_with(text, ".json") ||
                        ends_with(text, ".safetensors");
  return has_form || text == "." || text == "..";
}

ModelFinder::ModelFinder(const Catalog& catalog, EnvironmentVariables variables)
    : catalog_(catalog), variables_(std::move(variables)), facts_(reader_facts(catalog)) {}

ModelFinder::Found ModelFinder::read(const std::string& path) {
  ModelFile& file = files_.emplace_back(read_model_path(path, facts_));
  const bool is_stored = !file.model.file_tensors.empty();
  if (is_stored) stored_.push_back(quantization_of(catalog_, file.stored_as));
  return {&file.model, is_stored ? &stored_.back() : nullptr, &file, {}, {}, {}};
}

/// What is no file here: a model in another tool's store by its full name there, as Ollama's have a tag; one of the
/// catalogue; one in a store by a part of its name.
ModelFinder::Found ModelFinder::look_up(const std::string& text) {
  if (text.find(':') != std::string::npos) {
    for (const LocalModel& local : local_models()) {
      if (same_but_case(local.name, text)) return read(local.path);
    }
  }
  const bool is_place = text.find_first_of("/.~") == 0;  // "/models/a.gguf", "./a.gguf"
  try {
    if (is_place) throw Error(ErrorKind::kUnknownModel, text + ": no such file");
    NamedModel named = catalog_.named_model(text);
    std::string repository = repository_of_files(text);
    std::string said = named.quantization.empty() ? "" : quantization_in(catalog_, repository, named.quantization);
    return {named.model, nullptr, nullptr, std::move(repository), std::move(said), std::move(named.notes)};
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnknownModel) throw;
    const LocalModel* local = local_model(local_models(), text);
    if (local != nullptr) return read(local->path);
    if (looks_like_path(text) || is_place)
      throw Error(ErrorKind::kBadFile, text + ": no such file, and no model is called so");
    throw;
  }
}

const std::vector<LocalModel>& ModelFinder::local_models() {
  if (!local_models_) local_models_ = find_local_models(variables_);
  return *local_models_;
}

ModelFinder::Found ModelFinder::find(const std::string& text) {
  const auto known = found_.find(text);
  if (known != found_.end()) return known->second;
  Found found;
  if (is_model(text)) {
    found = read(text);
  } else {
    found = look_up(text);
  }
  return found_.emplace(text, found).first->second;
}

const Quantization& ModelFinder::quantization(const Found& found, const std::string& name, bool asked) const {
  if (found.stored == nullptr) {
    const bool names_publisher = name.find(':') != std::string::npos;
    const auto asked_one = [&]() -> const Quantization& {
      return chosen(*found.model, asked && !names_publisher ? quantization_in(catalog_, found.repository, name) : name);
    };
    if (found.quantization.empty()) return asked_one();
    const Quantization& said = chosen(*found.model, found.quantization);
    if (!asked || same_but_case(asked_one().name, said.name)) return said;
    throw Error(ErrorKind::kBadRequest,
                "the name says " + said.name + " and -q says " + name + "; leave out one of them");
  }
  if (asked && !same_but_case(found.stored->name, name)) {
    throw Error(ErrorKind::kBadRequest, found.model->card.id + " is stored as " + found.stored->name + "; leave out " +
                                            name + ", or name the model instead of this file");
  }
  return *found.stored;
}

const Quantization& ModelFinder::chosen(const Model& model, const std::string& name) const {
  if (is_plain(catalog_, name)) return catalog_.quantization(name);
  const auto [place, is_new] = mixes_.try_emplace({&model, name});
  if (is_new) {
    try {
      place->second = mixed_quantization(catalog_, name, model);
    } catch (...) {
      mixes_.erase(place);
      throw;
    }
  }
  return place->second;
}

Companion ModelFinder::companion(const std::string& path, CompanionKind kind) const {
  Companion companion = read_companion(path, facts_);
  if (companion.kind == kind) return companion;
  throw Error(ErrorKind::kBadRequest, path + " is no " + name_of(kind) + " but a " + name_of(companion.kind));
}

BesideModel ModelFinder::beside(const std::string& path, CompanionKind kind, const Model& model) const {
  const Companion companion = this->companion(path, kind);
  if (!companion.architecture.empty() && companion.architecture != model.architecture) {
    throw Error(ErrorKind::kBadRequest,
                path + " belongs to models of architecture " + companion.architecture + ", not " + model.architecture);
  }
  if (kind == CompanionKind::kAdapter) require_adapts(companion, model);
  return {std::string(name_of(kind)) + " of " + counted(companion.tensors.size(), "tensor"), companion.tensors};
}

BesideModel ModelFinder::control_vector(const std::vector<std::string>& paths, const Model& model) const {
  for (const std::string& path : paths) {
    const Companion vector = companion(path, CompanionKind::kControlVector);
    for (const Tensor& direction : vector.tensors) {
      if (direction.shape[0] == model.n_embd) continue;
      throw Error(ErrorKind::kBadRequest, path + " is for models that are " + std::to_string(direction.shape[0]) +
                                              " wide, not " + std::to_string(model.n_embd));
    }
  }
  BesideModel beside{"control vector of " + counted(model.blocks.size() - 1, "layer"), {}};
  for (std::size_t layer = 1; layer < model.blocks.size(); ++layer) {
    beside.tensors.push_back(
        {"direction", static_cast<int>(layer), {model.n_embd, 1, 1, 1}, &catalog_.tensor_type("f32")});
  }
  return beside;
}

}  // namespace lfmfit::ask
