#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "lfmfit/safetensors.hpp"
#include "readers/bounded_json.hpp"
#include "readers/gguf_file_type.hpp"
#include "readers/named_file.hpp"
#include "readers/weight_format.hpp"

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 10'000;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

ModelFile read_gguf_model(const std::string& path, const ReaderFacts& facts) {
  const std::vector<GgufHeader> shards = read_gguf_shards(path, facts.tensor_type);
  ModelFile file;
  file.model = model_of_gguf(shards, path, facts);
  file.files = gguf_shards(path, static_cast<std::int64_t>(shards.size()));
  file.format = "GGUF";
  file.stored_as = stored_as(shards);
  for (const Tensor& tensor : file.model.file_tensors) file.stored_bytes += tensor_bytes(tensor.shape, *tensor.stored);
  std::size_t tensors_in_file = 0;
  for (const GgufHeader& shard : shards) tensors_in_file += shard.tensors.size();
  if (tensors_in_file > file.model.file_tensors.size()) {
    file.notes.push_back(fmt::format("{} tensors for multi-token prediction are left out, as llama.cpp does by default",
                                     tensors_in_file - file.model.file_tensors.size()));
  }
  return file;
}

/// What modelopt writes beside a config.json that says nothing of it.
void add_modelopt(nlohmann::json& document, const fs::path& folder) {
  const fs::path beside = folder / "hf_quant_config.json";
  if (document.contains("quantization_config") || !is_there(beside)) return;
  const nlohmann::json own = read_json_object(*open_file(beside.string()), kMaxConfigBytes);
  const auto found = own.find("quantization");
  if (found != own.end() && found->is_object()) document["quantization_config"] = *found;
}

ModelFile read_config_model(const fs::path& config, const ReaderFacts& facts) {
  const auto source = open_file(config.string());
  ModelFile file;
  file.model = model_of_config(*source, facts);
  const fs::path folder = config.has_parent_path() ? config.parent_path() : fs::path(".");
  nlohmann::json document = read_json_object(*source, kMaxConfigBytes);
  add_modelopt(document, folder);
  const WeightFormat format = read_weight_format(document, config.string());
  file.stored_as = describe(format);
  const StoredWeights stored = read_stored_weights(folder.string());
  if (stored.files.empty()) {
    file.files = {config.string()};
    file.format = "config.json";
    file.stored_bytes = stored_estimate(file.model, format);
    file.stored_bytes_counted = false;
  } else {
    file.files = stored.files;
    file.format = "safetensors";
    file.stored_bytes = stored.tensor_bytes;
  }
  for (const char* part : {"vision_config", "audio_config"}) {
    if (document.contains(part))
      file.notes.push_back(fmt::format(
          "only the language part is counted; \"{}\" describes another, an mmproj file in llama.cpp", part));
  }
  return file;
}

/// The GGUF files in a folder that start a model: no mmproj, of split ones the first piece.
std::vector<std::string> models_in(const fs::path& folder) {
  std::vector<std::string> models;
  std::error_code error;
  std::size_t entries = 0;
  for (fs::directory_iterator walk(folder, error); !error && walk != fs::directory_iterator(); walk.increment(error)) {
    const std::string name = walk->path().filename().string();
    if (++entries > kMaxEntries) break;
    if (!ends_with(name, ".gguf") || name.find("mmproj") != std::string::npos) continue;
    const std::size_t piece = name.rfind("-of-");
    const bool later = piece != std::string::npos && piece >= 5 && name.size() == piece + 14 &&
                       name.compare(piece - 5, 5, "00001") != 0;
    if (!later) models.push_back(walk->path().string());
  }
  if (error) refuse(folder.string(), error.message());
  std::sort(models.begin(), models.end());
  return models;
}

ModelFile read_folder(const std::string& path, const ReaderFacts& facts) {
  const std::vector<std::string> ggufs = models_in(path);
  if (ggufs.size() == 1) return read_gguf_model(ggufs[0], facts);
  if (ggufs.size() > 1) {
    std::string names;
    for (std::size_t i = 0; i < std::min<std::size_t>(ggufs.size(), 8); ++i)
      names += (i == 0 ? "" : ", ") + fs::path(ggufs[i]).filename().string();
    refuse(path, fmt::format("holds {} GGUF models; name one of them: {}", ggufs.size(), printable(names, 400)));
  }
  if (is_there(fs::path(path) / "config.json")) return read_config_model(fs::path(path) / "config.json", facts);
  refuse(path, "holds neither a GGUF file nor a config.json");
}

}  // namespace

ModelFile read_model_path(const std::string& path, const ReaderFacts& facts) {
  std::error_code error;
  if (fs::is_directory(path, error)) return read_folder(path, facts);
  const auto source = open_file(path);
  if (is_gguf(*source)) return read_gguf_model(path, facts);
  const fs::path config = fs::path(path).parent_path() / "config.json";
  const bool is_index = ends_with(path, ".safetensors.index.json");
  if (ends_with(path, ".safetensors") || is_index) {
    if (!is_there(config))
      refuse(path, "says which tensors there are, not how the model is built; put its config.json beside it");
    return read_config_model(config, facts);
  }
  if (ends_with(path, ".json")) return read_config_model(path, facts);
  refuse(path, "is neither a GGUF file, a config.json nor a safetensors file");
}

}  // namespace lfmfit
