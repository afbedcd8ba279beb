#include "lfmfit/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "catalog/architecture_rows.hpp"
#include "catalog/backend_rows.hpp"
#include "catalog/checkpoint_form_rows.hpp"
#include "catalog/config_key_rows.hpp"
#include "catalog/device_index.hpp"
#include "catalog/device_name_rows.hpp"
#include "catalog/device_rows.hpp"
#include "catalog/gguf_trait_rows.hpp"
#include "catalog/host_rules.hpp"
#include "catalog/json_slices.hpp"
#include "catalog/memory_rules.hpp"
#include "catalog/mlx_rows.hpp"
#include "catalog/model_names.hpp"
#include "catalog/model_part_rows.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/program_rows.hpp"
#include "catalog/publisher_mix_rows.hpp"
#include "catalog/quantization_rows.hpp"
#include "catalog/row_table.hpp"
#include "catalog/sources.hpp"
#include "catalog/speed_rows.hpp"
#include "catalog/tensor_type_rows.hpp"
#include "catalog/unknown_name.hpp"
#include "catalog/vllm_rows.hpp"
#include "core/base/letter_case.hpp"
#include "core/base/name_match.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kMaxCandidates = 8;

/// Rows that are parsed when they are asked for, one by one or all at once.
template <class Noun>
class LazyRows {
 public:
  /// All of them, where they were asked for; else null.
  const std::vector<Noun>* all_read() const { return all_ ? &*all_ : nullptr; }

  template <class Read>
  const Noun& one(const RowText& row, const Read& read) {
    const auto found = single_.find(row.id);
    if (found != single_.end()) return found->second;
    return single_.emplace(row.id, read(row)).first->second;
  }

  template <class Read>
  const std::vector<Noun>& all(const RowTable& table, const Read& read) {
    if (!all_) {
      std::vector<Noun> nouns;
      nouns.reserve(table.rows().size());
      for (const RowText& row : table.rows()) nouns.push_back(read(row));
      all_ = std::move(nouns);
    }
    return *all_;
  }

 private:
  std::map<std::string, Noun> single_;
  std::optional<std::vector<Noun>> all_;
};

[[noreturn]] void fail_exactly(ErrorKind kind, const std::string& what, std::string_view wanted,
                               const std::vector<std::string_view>& names) {
  const std::string_view near = nearest_name(wanted, names);
  std::string list;
  for (std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  throw Error(kind, fmt::format("there is no {} \"{}\"; {}there are {}", what, shown_name(wanted),
                                near.empty() ? std::string() : fmt::format("did you mean {}? ", near), list));
}

/// The one of `nouns` whose name is `wanted`, case aside.
template <class Nouns>
const auto& exactly(const Nouns& nouns, std::string_view wanted, ErrorKind kind, const std::string& what) {
  std::vector<std::string_view> names;
  for (const auto& noun : nouns) {
    if (same_but_case(noun.name, wanted)) return noun;
    names.push_back(noun.name);
  }
  fail_exactly(kind, what, wanted, names);
}

}  // namespace

/// Where all files lie, and what was parsed so far. What was parsed stays where it is, so answers outlive the lock.
struct Catalog::Rows {
  explicit Rows(std::vector<Overlay> overlays) : sources(std::move(overlays)) {}

  std::recursive_mutex reading;  ///< held by each public function, some of which call others
  Sources sources;
  LazyRows<Model> models;
  LazyRows<Device> devices;
  LazyRows<Backend> backends;
  LazyRows<Architecture> architectures;
  std::optional<DeviceIndex> device_index;
  std::vector<ModelName> model_names;
  std::optional<ModelNames> model_index;
  std::optional<std::deque<TensorType>> tensor_types;
  std::optional<std::vector<Quantization>> quantizations;
  std::optional<PublisherMixes> publisher_mixes;
  std::optional<std::vector<CheckpointForm>> checkpoint_forms;
  std::optional<VllmFacts> vllm;
  std::optional<std::vector<Program>> programs;
  std::optional<MlxFacts> mlx;
  std::optional<SpeedConstants> speed;
  std::optional<std::vector<GgufTraits>> gguf_traits;
  std::optional<ConfigKeys> config_keys;
  std::optional<MemoryRules> memory_rules;
  std::optional<HostRules> host_rules;

  const Architecture& architecture(std::string_view name) {
    const RowTable& table = sources.table("architectures");
    const RowText* row = table.find(name);
    if (row == nullptr) {
      std::vector<std::string_view> names;
      for (const RowText& known : table.rows()) names.push_back(known.id);
      fail_exactly(ErrorKind::kUnsupported, "architecture", name, names);
    }
    return architectures.one(*row, read_architecture);
  }

  Model read(const RowText& row) {
    Model model = read_model(row, sources.table("models"),
                             [this](std::string_view name) -> const Architecture& { return architecture(name); });
    const RowText* parts = sources.table("model_parts").find(model.card.id);
    if (parts != nullptr) read_model_parts(*parts, model);
    return model;
  }

  const ModelNames& index_of_models() {
    if (!model_index) {
      for (const RowText& row : sources.table("model_names").rows()) model_names.push_back(read_model_name(row));
      model_index.emplace(sources.table("models").rows(), model_names);
    }
    return *model_index;
  }

  const Model& model(const RowText& row) {
    return models.one(row, [this](const RowText& text) { return read(text); });
  }

  const MemoryRules& rules_of_memory() {
    if (!memory_rules) {
      std::vector<MemoryRule> rules;
      for (const RowText& rule : sources.table("memory_rules").rows()) rules.push_back(read_memory_rule(rule));
      memory_rules.emplace(std::move(rules));
    }
    return *memory_rules;
  }

  Device read_with_rules(const RowText& row) {
    Device device = read_device(row, rules_of_memory());
    if (device.device_class == DeviceClass::kGpu || device.device_class == DeviceClass::kServer)
      device.host = hosts().beside(device);
    return device;
  }

  const HostRules& hosts() {
    if (!host_rules) {
      std::vector<HostRule> rules;
      for (const RowText& rule : sources.table("host_memory").rows()) rules.push_back(read_host_rule(rule));
      host_rules.emplace(std::move(rules));
    }
    return *host_rules;
  }

  const DeviceIndex& index_of_devices() {
    if (!device_index) {
      std::vector<PrintedName> names;
      for (const RowText& row : sources.table("device_names").rows()) names.push_back(read_device_name(row, "name"));
      device_index.emplace(
          devices.all(sources.table("devices"), [this](const RowText& row) { return read_with_rules(row); }), names);
    }
    return *device_index;
  }

  /// Which chips have measurements of their own, by the rows of the devices that were measured.
  void name_chips(std::vector<MeasuredDevice>& measured) {
    const RowTable& table = sources.table("devices");
    const std::vector<Device>* read = devices.all_read();  // in the order of the table
    for (MeasuredDevice& one : measured) {
      const RowText* row = table.find(one.device);
      if (row == nullptr) continue;
      const auto place = static_cast<std::size_t>(row - table.rows().data());
      one.chip = speed_chip(read != nullptr ? (*read)[place] : read_with_rules(*row));
    }
  }

  const std::deque<TensorType>& types() {
    if (!tensor_types) {
      const TextFile file = sources.whole("tensor_types");
      tensor_types = read_tensor_types(file.path, file.text);
    }
    return *tensor_types;
  }

  const TensorType* type(std::string_view name) {
    for (const TensorType& known : types()) {
      if (known.name == name) return &known;
    }
    return nullptr;
  }
};

Catalog::Catalog(std::vector<Overlay> overlays) : rows_(std::make_unique<Rows>(std::move(overlays))) {}
Catalog::~Catalog() = default;

const std::vector<Model>& Catalog::models() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->models.all(rows_->sources.table("models"), [this](const RowText& row) { return rows_->read(row); });
}

const std::vector<Device>& Catalog::devices() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->devices.all(rows_->sources.table("devices"),
                            [this](const RowText& row) { return rows_->read_with_rules(row); });
}

const std::vector<Backend>& Catalog::backends() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->backends.all(rows_->sources.table("backends"), read_backend);
}

const std::vector<Architecture>& Catalog::architectures() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->architectures.all(rows_->sources.table("architectures"), read_architecture);
}

const std::vector<Quantization>& Catalog::quantizations() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->quantizations) {
    const TextFile file = rows_->sources.whole("quantizations");
    rows_->quantizations =
        read_quantizations(file.path, file.text, [this](std::string_view name) { return rows_->type(name); });
  }
  return *rows_->quantizations;
}

const PublisherMixes& Catalog::publisher_mixes() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->publisher_mixes) {
    const TextFile file = rows_->sources.whole("publisher_mixes");
    rows_->publisher_mixes = read_publisher_mixes(
        file.path, file.text, [this](std::string_view name) { return rows_->type(name); }, quantizations());
  }
  return *rows_->publisher_mixes;
}

const std::vector<CheckpointForm>& Catalog::checkpoint_forms() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->checkpoint_forms) {
    const TextFile file = rows_->sources.whole("checkpoint_forms");
    rows_->checkpoint_forms =
        read_checkpoint_forms(file.path, file.text, [this](std::string_view name) { return rows_->type(name); });
  }
  return *rows_->checkpoint_forms;
}

const VllmFacts& Catalog::vllm() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->vllm) {
    const TextFile file = rows_->sources.whole("vllm");
    rows_->vllm = read_vllm_facts(file.path, file.text);
  }
  return *rows_->vllm;
}

const std::vector<Program>& Catalog::programs() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->programs) {
    const TextFile file = rows_->sources.whole("command_lines");
    rows_->programs = read_programs(file.path, file.text);
  }
  return *rows_->programs;
}

GgufFiles Catalog::gguf_files(std::string_view model) const {
  const std::scoped_lock lock(rows_->reading);
  const RowText* row = rows_->sources.table("gguf_repositories").find(model);
  return row == nullptr ? GgufFiles() : read_gguf_files(*row);
}

const MlxFacts& Catalog::mlx() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->mlx) {
    const TextFile file = rows_->sources.whole("mlx");
    rows_->mlx = read_mlx_facts(file.path, file.text, [this](std::string_view name) { return rows_->type(name); });
  }
  return *rows_->mlx;
}

const SpeedConstants& Catalog::speed() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->speed) {
    const TextFile file = rows_->sources.whole("speed");
    rows_->speed =
        read_speed_constants(file.path, file.text, [this](std::string_view name) { return rows_->type(name); });
    rows_->name_chips(rows_->speed->measured_devices);
  }
  return *rows_->speed;
}

const std::vector<GgufTraits>& Catalog::gguf_traits() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->gguf_traits) {
    const TextFile file = rows_->sources.whole("gguf_traits");
    rows_->gguf_traits = read_gguf_traits(file.path, file.text);
  }
  return *rows_->gguf_traits;
}

const ConfigKeys& Catalog::config_keys() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->config_keys) {
    const TextFile file = rows_->sources.whole("model_types");
    rows_->config_keys = read_config_keys(file.path, file.text);
  }
  return *rows_->config_keys;
}

NamedModel Catalog::named_model(std::string_view name) const {
  const std::scoped_lock lock(rows_->reading);
  if (const RowText* row = rows_->sources.table("models").find(name)) return {&rows_->model(*row), {}, {}};
  const std::vector<RowText>& table = rows_->sources.table("models").rows();
  const auto weights = [&](std::size_t row) { return parameter_count(rows_->model(table[row])); };
  const FoundModelName found = rows_->index_of_models().find(name, weights);
  if (!found.match.found) {
    std::vector<std::string> names;
    for (const RowText& row : table) names.push_back(row.id);
    fail_to_match(ErrorKind::kUnknownModel, "model", name, found.match, names, kMaxCandidates);
  }
  const RowText& row = table[*found.match.found];
  return {&rows_->model(row), found.spoken.quantization, notes_on(found, name, row.id)};
}

const Model& Catalog::model(std::string_view name) const { return *named_model(name).model; }

const Device& Catalog::device(std::string_view name, Bytes memory) const {
  const std::scoped_lock lock(rows_->reading);
  const RowTable& table = rows_->sources.table("devices");
  const RowText* row = memory.count() > 0 ? nullptr : table.find(name);
  if (row == nullptr) {
    const NameMatch match = rows_->index_of_devices().find(name, memory);
    if (!match.found) fail_to_find_device(name, match, devices());
    row = &table.rows()[*match.found];
  }
  return rows_->devices.one(*row, [this](const RowText& text) { return rows_->read_with_rules(text); });
}

MemoryPart Catalog::system_share(const Device& device) const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->rules_of_memory().system(device);
}

std::vector<const Device*> Catalog::devices_called(std::string_view name, Bytes memory) const {
  const std::scoped_lock lock(rows_->reading);
  std::vector<const Device*> found;
  for (const std::size_t place : rows_->index_of_devices().meant(name, memory)) found.push_back(&devices()[place]);
  return found;
}

std::vector<const Device*> Catalog::devices_of_pci(std::string_view id, std::string_view revision) const {
  const std::scoped_lock lock(rows_->reading);
  const RowTable& table = rows_->sources.table("pci_ids");
  const RowText* row = revision.empty() ? nullptr : table.find(fmt::format("{} {}", id, revision));
  if (row == nullptr) row = table.find(id);
  std::vector<const Device*> found;
  if (row == nullptr) return found;
  for (const std::string& device : read_device_name(*row, "id").devices) {
    const RowText* known = rows_->sources.table("devices").find(device);
    if (known != nullptr)
      found.push_back(
          &rows_->devices.one(*known, [this](const RowText& text) { return rows_->read_with_rules(text); }));
  }
  return found;
}

HostBandwidth Catalog::host_bandwidth(const Host& host) const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->hosts().bandwidth(host);
}

const Quantization& Catalog::quantization(std::string_view name) const {
  const std::scoped_lock lock(rows_->reading);
  for (const Quantization& quantization : quantizations()) {
    if (!quantization.also.empty() && same_but_case(quantization.also, name)) return quantization;
  }
  return exactly(quantizations(), name, ErrorKind::kBadRequest, "quantization");
}

const Backend& Catalog::backend(std::string_view name) const {
  const std::scoped_lock lock(rows_->reading);
  return exactly(backends(), name, ErrorKind::kBadRequest, "backend");
}

const TensorType& Catalog::tensor_type(std::string_view name) const {
  const std::scoped_lock lock(rows_->reading);
  return exactly(rows_->types(), name, ErrorKind::kBadRequest, "tensor type");
}

const Architecture& Catalog::architecture(std::string_view name) const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->architecture(name);
}

const Architecture* Catalog::find_architecture(std::string_view name) const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->sources.table("architectures").find(name) == nullptr ? nullptr : &rows_->architecture(name);
}

const TensorType* Catalog::tensor_type_numbered(std::int64_t ggml_id) const {
  const std::scoped_lock lock(rows_->reading);
  for (const TensorType& known : rows_->types()) {
    if (known.ggml_id == ggml_id) return &known;
  }
  return nullptr;
}

}  // namespace lfmfit
