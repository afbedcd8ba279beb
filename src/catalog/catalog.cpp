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
#include "catalog/lazy_rows.hpp"
#include "catalog/memory_rules.hpp"
#include "catalog/mlx_rows.hpp"
#include "catalog/model_names.hpp"
#include "catalog/model_part_rows.hpp"
#include "catalog/model_rows.hpp"
#include "catalog/packed_facts.hpp"
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

  /// Whether the build packed `facts` and no overlay says something of the `kinds` that they are made of.
  bool are_as_packed(std::string_view facts, std::initializer_list<std::string_view> kinds) const {
    return !facts.empty() && !sources.overlays_have(kinds);
  }

  const std::vector<Device>& all_devices() {
    if (are_as_packed(packed_facts().devices, {"devices", "memory_rules", "host_memory"}))
      return devices.all_made([] { return unpack_devices(packed_facts().devices); });
    return devices.all(sources.table("devices"), [this](const RowText& row) { return read_with_rules(row); });
  }

  DeviceNames names_of_devices() {
    if (are_as_packed(packed_facts().device_names, {"devices", "memory_rules", "host_memory", "device_names"}))
      return unpack_device_names(packed_facts().device_names);
    return names_of(all_devices(), read_device_names(sources.table("device_names")));
  }

  const DeviceIndex& index_of_devices() {
    if (!device_index) device_index.emplace(all_devices(), names_of_devices());
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

  const std::deque<TensorType>& types() { return whole(tensor_types, "tensor_types", read_tensor_types); }

  /// What finds a type by its name; null: none is called so.
  auto type_lookup() {
    return [this](std::string_view name) -> const TensorType* {
      for (const TensorType& known : types()) {
        if (known.name == name) return &known;
      }
      return nullptr;
    };
  }

  const Device& device(const RowText& row) {
    return devices.one(row, [this](const RowText& text) { return read_with_rules(text); });
  }

  /// What `read` makes of a file that is read as a whole, once.
  template <class Facts, class Read, class... More>
  const Facts& whole(std::optional<Facts>& kept, const std::string& key, const Read& read, More&&... more) {
    if (!kept) {
      const TextFile file = sources.whole(key);
      kept = read(file.path, file.text, std::forward<More>(more)...);
    }
    return *kept;
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
  return rows_->all_devices();
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
  if (!rows_->quantizations && rows_->are_as_packed(packed_facts().quantizations, {"quantizations", "tensor_types"}))
    rows_->quantizations = unpack_quantizations(packed_facts().quantizations, rows_->type_lookup());
  return rows_->whole(rows_->quantizations, "quantizations", read_quantizations, rows_->type_lookup());
}

const PublisherMixes& Catalog::publisher_mixes() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->publisher_mixes, "publisher_mixes", read_publisher_mixes, rows_->type_lookup(),
                      quantizations());
}

const std::vector<CheckpointForm>& Catalog::checkpoint_forms() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->checkpoint_forms, "checkpoint_forms", read_checkpoint_forms, rows_->type_lookup());
}

const VllmFacts& Catalog::vllm() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->vllm, "vllm", read_vllm_facts);
}

const std::vector<Program>& Catalog::programs() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->programs, "command_lines", read_programs);
}

GgufFiles Catalog::gguf_files(std::string_view model) const {
  const std::scoped_lock lock(rows_->reading);
  const RowText* row = rows_->sources.table("gguf_repositories").find(model);
  return row == nullptr ? GgufFiles() : read_gguf_files(*row);
}

const MlxFacts& Catalog::mlx() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->mlx, "mlx", read_mlx_facts, rows_->type_lookup());
}

const SpeedConstants& Catalog::speed() const {
  const std::scoped_lock lock(rows_->reading);
  if (!rows_->speed &&
      rows_->are_as_packed(packed_facts().speed, {"speed", "tensor_types", "devices", "memory_rules", "host_memory"}))
    rows_->speed = unpack_speed(packed_facts().speed, rows_->type_lookup());
  return rows_->whole(rows_->speed, "speed", [this](const std::string& path, std::string_view text) {
    SpeedConstants constants = read_speed_constants(path, text, rows_->type_lookup());
    rows_->name_chips(constants.measured_devices);
    return constants;
  });
}

const std::vector<GgufTraits>& Catalog::gguf_traits() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->gguf_traits, "gguf_traits", read_gguf_traits);
}

const ConfigKeys& Catalog::config_keys() const {
  const std::scoped_lock lock(rows_->reading);
  return rows_->whole(rows_->config_keys, "model_types", read_config_keys);
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
  return rows_->device(*row);
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
    if (known != nullptr) found.push_back(&rows_->device(*known));
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
