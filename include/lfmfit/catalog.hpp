// Where nouns come from: the models, devices, quantizations and constants that lfmfit knows, by name or all of them.
// One Catalog may be asked by any number of threads. What it hands out are references into it; they hold as long as it
// does.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/architecture.hpp"
#include "lfmfit/backend.hpp"
#include "lfmfit/device.hpp"
#include "lfmfit/host.hpp"
#include "lfmfit/mlx.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/speed_constants.hpp"
#include "lfmfit/tensor.hpp"
#include "lfmfit/vllm.hpp"

namespace lfmfit {

struct ConfigKeys;      // lfmfit/config_keys.hpp
struct GgufFiles;       // lfmfit/gguf_files.hpp
struct GgufTraits;      // lfmfit/gguf_traits.hpp
struct Program;         // lfmfit/program.hpp
struct PublisherMixes;  // lfmfit/publisher_mix.hpp

/// A file of facts that replaces or adds rows: its name for messages, and its text.
struct Overlay {
  std::string path;
  std::string text;
};

/// What a name that people type for a model means.
struct NamedModel {
  const Model* model = nullptr;
  std::string quantization;        ///< that the name says, upper case: "Q4_K_M", "UD-Q4_K_XL"; empty: none
  std::vector<std::string> notes;  ///< what whoever typed it should know, in sentences
};

/// The facts lfmfit knows: the data files built into the program, then overlays in order, whole rows replaced by id.
/// Files are parsed when first needed. Rows live as long as the catalogue; it is neither copied nor moved.
/// Every function throws Error(kBadFile) naming file, row and key when a data file is wrong.
class Catalog {
 public:
  explicit Catalog(std::vector<Overlay> overlays = {});
  ~Catalog();
  Catalog(const Catalog&) = delete;
  Catalog& operator=(const Catalog&) = delete;

  const std::vector<Model>& models() const;
  const std::vector<Device>& devices() const;
  const std::vector<Quantization>& quantizations() const;
  /// How checkpoints that vLLM loads are stored.
  const std::vector<CheckpointForm>& checkpoint_forms() const;
  const VllmFacts& vllm() const;
  const MlxFacts& mlx() const;
  const std::vector<Backend>& backends() const;
  const std::vector<Architecture>& architectures() const;
  const SpeedConstants& speed() const;
  /// What readers of model files go by.
  const std::vector<GgufTraits>& gguf_traits() const;
  const ConfigKeys& config_keys() const;
  /// What publishers make of their own.
  const PublisherMixes& publisher_mixes() const;
  /// The programs whose command lines are understood.
  const std::vector<Program>& programs() const;
  /// Where GGUF files of the model with exactly that id are published; nowhere that is known: no repositories.
  GgufFiles gguf_files(std::string_view model) const;

  /// The model that `name` means: an id, or what people type and paste: Hugging Face repositories and addresses, those
  /// of repackers included ("hf.co/unsloth/Qwen3-8B-GGUF:Q4_K_M"), Ollama's names ("qwen3:8b-q4_K_M"), LM Studio's
  /// keys, names of files, or the part of an id that only one has. Case and punctuation do not matter. Throws
  /// Error(kUnknownModel) with the nearest names, or with the candidates when several match.
  NamedModel named_model(std::string_view name) const;
  /// The model alone. Throws like named_model().
  const Model& model(std::string_view name) const;
  /// The device that `name` means: an id, a name, what people type ("rtx3060", "7900xtx", "a100 80gb") or what drivers,
  /// lspci and /proc/cpuinfo print. Where `memory` is given, one of which a driver reports that much in total. Throws
  /// Error(kUnknownDevice) with the nearest names, or with the candidates and what tells them apart: where a name fits
  /// several devices it never takes one of them in silence, nor a device by part of a word.
  const Device& device(std::string_view name, Bytes memory = Bytes(0)) const;
  /// What the system keeps of the RAM of a machine with `device`, which need not be one of these.
  MemoryPart system_share(const Device& device) const;
  /// The devices that `name` may mean, with `memory` as device() takes it: one where it is certain; none where nothing
  /// bears the name.
  std::vector<const Device*> devices_called(std::string_view name, Bytes memory = Bytes(0)) const;
  /// The devices whose GPU has the PCI id `id` ("1002:744c") and, where that tells products apart, the revision
  /// `revision` ("c8"); several where one id is several products, none where it is not known.
  std::vector<const Device*> devices_of_pci(std::string_view id, std::string_view revision = {}) const;
  /// How fast `host` reads its RAM: by its modules where firmware tells their rate, else as is usual with its
  /// processor. A virtual machine gets no more than its cores can draw.
  HostBandwidth host_bandwidth(const Host& host) const;
  /// Exact name, case aside; of a quantization the other name too. Each throws Error(kBadRequest) with the near name
  /// and the list.
  const Quantization& quantization(std::string_view name) const;
  const Backend& backend(std::string_view name) const;
  const TensorType& tensor_type(std::string_view name) const;
  /// Throws Error(kUnsupported) naming the architectures that are known.
  const Architecture& architecture(std::string_view name) const;
  /// The architecture of exactly that name; null: unknown.
  const Architecture* find_architecture(std::string_view name) const;
  /// The type that GGUF files write as `ggml_id`; null: unknown.
  const TensorType* tensor_type_numbered(std::int64_t ggml_id) const;

 private:
  struct Rows;
  std::unique_ptr<Rows> rows_;
};

}  // namespace lfmfit
