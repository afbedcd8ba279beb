#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/model_file.hpp"
#include "lfmfit/quantization.hpp"
#include "system/local_models.hpp"

namespace lfmfit::ask {

/// Finds what MODEL means: a path, a model of the catalogue, or one that lies in another tool's store on this machine.
/// Models that are read from files live as long as the finder.
class ModelFinder {
 public:
  /// `catalog` must outlive it. `variables` say where other tools keep their models.
  ModelFinder(const Catalog& catalog, EnvironmentVariables variables);

  /// A model, how it is stored (null where that is still to be chosen), and where it was read from.
  struct Found {
    const Model* model = nullptr;
    const Quantization* stored = nullptr;
    const ModelFile* file = nullptr;  ///< null: of the catalogue
    std::string repository;           ///< the name without a tag: its owner decides whose files are meant
    std::string quantization;         ///< that the name says; empty: none
    std::vector<std::string> notes;   ///< on the name, in sentences
  };

  /// `text` is a path if it has the form of one (a separator, or the extension .gguf, .json or .safetensors) or if
  /// there is a file of that name. Throws Error as Catalog::model and read_model_path do.
  Found find(const std::string& text);

  /// The quantization for `found`: as it is stored, else the one that its name says, else the one called `name`.
  /// `asked` says that a person named it. Throws Error(kBadRequest) where that is another than the first two say.
  const Quantization& quantization(const Found& found, const std::string& name, bool asked) const;

  /// What the mmproj file or LoRA adapter at `path` takes beside `model`. Throws Error(kBadRequest) when the file is of
  /// another kind than `kind`, or an adapter of another architecture.
  BesideModel beside(const std::string& path, CompanionKind kind, const Model& model) const;

  /// What the control vectors at `paths` take together: llama.cpp adds them up and keeps one vector for each layer but
  /// the first. Throws Error(kBadRequest) for other files, and for vectors of another width than the model's.
  BesideModel control_vector(const std::vector<std::string>& paths, const Model& model) const;

 private:
  Found read(const std::string& path);
  Found look_up(const std::string& text);
  /// What other tools' stores hold: walked through once, whatever number of names are asked for.
  const std::vector<LocalModel>& local_models();
  Companion companion(const std::string& path, CompanionKind kind) const;
  /// The quantization that `name` means for `model`, which is not stored in any way yet.
  const Quantization& chosen(const Model& model, const std::string& name) const;

  const Catalog& catalog_;
  EnvironmentVariables variables_;
  ReaderFacts facts_;
  std::optional<std::vector<LocalModel>> local_models_;
  std::deque<ModelFile> files_;
  std::deque<Quantization> stored_;
  std::map<std::string, Found> found_;
  mutable std::map<std::pair<const Model*, std::string>, Quantization> mixes_;  ///< what publishers' names meant so far
};

/// Whether `text` has the form of a path.
bool looks_like_path(const std::string& text);

}  // namespace lfmfit::ask
