#include "lfmfit/inspection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <utility>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/safetensors.hpp"
#include "readers/bounded_json.hpp"

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxShown = 100;  // bytes of a value

std::string list_text(const GgufValue& value) {
  std::string text = fmt::format("{} elements", value.count);
  std::string elements;
  for (const std::int64_t number : value.integers)
    elements += fmt::format("{}{}", elements.empty() ? "" : ", ", number);
  for (const double number : value.reals) elements += fmt::format("{}{:g}", elements.empty() ? "" : ", ", number);
  return elements.empty() ? text : printable(elements, kMaxShown);
}

std::string value_text(const GgufValue& value) {
  if (value.is_array) return list_text(value);
  if (value.type == GgufType::kString) return printable(value.text, kMaxShown);
  if (value.type == GgufType::kBool) return value.integers[0] != 0 ? "true" : "false";
  return value.integers.empty() ? fmt::format("{:g}", value.reals[0]) : fmt::format("{}", value.integers[0]);
}

/// Collects groups by purpose and type.
class Groups {
 public:
  void add(const std::string& role, const std::string& type, std::int64_t tensors, std::int64_t elements, Bytes bytes) {
    TensorGroup& group = groups_[{role, type}];
    group.role = role;
    group.type = type;
    group.tensors += tensors;
    group.elements = checked_add(group.elements, elements);
    group.bytes += bytes;
  }
  std::vector<TensorGroup> sorted() const {
    std::vector<TensorGroup> sorted;
    for (const auto& entry : groups_) sorted.push_back(entry.second);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const TensorGroup& a, const TensorGroup& b) { return a.bytes > b.bytes; });
    return sorted;
  }

 private:
  std::map<std::pair<std::string, std::string>, TensorGroup> groups_;
};

void read_model_of(Inspection& inspection, const ReaderFacts& facts) {
  try {
    inspection.model = read_model_path(inspection.path, facts);
  } catch (const Error& error) {
    inspection.problem = error.what();
  }
}

Inspection inspect_gguf(const std::string& path, const ReaderFacts& facts) {
  Inspection inspection;
  inspection.path = path;
  const std::vector<GgufHeader> shards = read_gguf_shards(path, facts.tensor_type);
  inspection.files = gguf_shards(path, static_cast<std::int64_t>(shards.size()));
  inspection.format = fmt::format("GGUF version {}{}", shards[0].version, shards[0].big_endian ? ", big-endian" : "");
  for (const GgufEntry& entry : shards[0].metadata) {
    const std::string type =
        entry.value.is_array ? fmt::format("[{}]", name_of(entry.value.type)) : name_of(entry.value.type);
    inspection.metadata.push_back({printable(entry.key), type, value_text(entry.value)});
  }
  Groups groups;
  for (const GgufHeader& shard : shards) {
    inspection.file_bytes += shard.file_bytes;
    for (const GgufTensor& tensor : shard.tensors) {
      inspection.tensor_bytes += tensor.bytes;
      groups.add(purpose_of(tensor.name), tensor.type->name, 1, element_count(tensor.shape), tensor.bytes);
    }
  }
  inspection.tensors = groups.sorted();
  try {
    inspection.companion = read_companion(path, facts);
  } catch (const Error&) {
    read_model_of(inspection, facts);
  }
  return inspection;
}

/// A config.json or a folder with one; `config` may be missing where there are safetensors.
Inspection inspect_hugging_face(const std::string& path, const fs::path& config, const fs::path& folder,
                                const ReaderFacts& facts) {
  Inspection inspection;
  inspection.path = path;
  std::error_code missing;
  if (fs::exists(config, missing)) {
    const nlohmann::json document = read_json_object(*open_file(config.string()), kMaxConfigBytes);
    for (const auto& [key, value] : document.items()) {
      inspection.metadata.push_back({printable(key), "", printable(value.dump(-1, ' ', true), kMaxShown)});
    }
  }
  const StoredWeights stored = read_stored_weights(folder.string());
  inspection.format = stored.files.empty() ? "config.json" : "safetensors";
  inspection.files = stored.files.empty() ? std::vector<std::string>{config.string()} : stored.files;
  inspection.file_bytes = stored.file_bytes;
  inspection.tensor_bytes = stored.tensor_bytes;
  Groups groups;
  for (const StoredDtype& dtype : stored.dtypes)
    groups.add("weights", dtype.dtype, dtype.tensors, dtype.elements, dtype.bytes);
  inspection.tensors = groups.sorted();
  read_model_of(inspection, facts);
  return inspection;
}

bool starts_as_gguf(const std::string& path) { return is_gguf(*open_file(path)); }

}  // namespace

std::string purpose_of(const std::string& tensor_name) {
  // The first part of a name that is found decides.
  constexpr std::pair<std::string_view, std::string_view> kParts[] = {{"token_embd.", "token embedding"},
                                                                      {"per_layer_", "per-layer embedding"},
                                                                      {"position_embd", "token embedding"},
                                                                      {"altup", "side branches"},
                                                                      {"laurel", "side branches"},
                                                                      {"inp_gate", "per-layer embedding"},
                                                                      {"layer_output_scale", "norms"},
                                                                      {"token_types", "token embedding"},
                                                                      {"rope_f", "rotation"},
                                                                      {"nextn", "multi-token prediction"},
                                                                      {"_norm", "norms"},
                                                                      {"ln_", "norms"},
                                                                      {"ffn_norm", "norms"},
                                                                      {"_shexp", "shared experts"},
                                                                      {"_exps", "experts"},
                                                                      {"exp_probs", "router"},
                                                                      {"ffn_gate_inp", "router"},
                                                                      {"ffn_", "feed-forward"},
                                                                      {"shortconv", "short convolution"},
                                                                      {"ssm_", "state space"},
                                                                      {"attn", "attention"},
                                                                      {"indexer", "attention"},
                                                                      {"lora", "adapter"},
                                                                      {"direction", "control vector"},
                                                                      {"output", "output"},
                                                                      {"proj.", "per-layer embedding"}};
  const bool is_vision = tensor_name.compare(0, 2, "v.") == 0 || tensor_name.compare(0, 2, "a.") == 0 ||
                         tensor_name.compare(0, 3, "mm.") == 0;
  if (is_vision) return tensor_name[0] == 'v' ? "vision" : tensor_name[0] == 'a' ? "audio" : "projector";
  for (const auto& [part, purpose] : kParts) {
    if (tensor_name.find(part) != std::string::npos) return std::string(purpose);
  }
  return "other";
}

Inspection inspect(const std::string& path, const ReaderFacts& facts) {
  std::error_code error;
  const fs::path given(path);
  if (fs::is_directory(given, error)) {
    if (fs::exists(given / "config.json", error))
      return inspect_hugging_face(path, given / "config.json", given, facts);
    return inspect_gguf(read_model_path(path, facts).files[0], facts);
  }
  if (starts_as_gguf(path)) return inspect_gguf(path, facts);
  const fs::path folder = given.has_parent_path() ? given.parent_path() : fs::path(".");
  const bool is_config = given.extension() == ".json" && path.find(".safetensors.index.json") == std::string::npos;
  if (!is_config && path.find(".safetensors") == std::string::npos) {
    throw Error(ErrorKind::kBadFile,
                fmt::format("{}: is neither a GGUF file, a config.json nor a safetensors file", printable(path, 4096)));
  }
  return inspect_hugging_face(path, is_config ? given : folder / "config.json", folder, facts);
}

}  // namespace lfmfit
