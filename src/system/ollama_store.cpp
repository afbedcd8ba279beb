#include <nlohmann/json.hpp>

#include "system/model_store.hpp"

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kMaxManifest = 1 << 20;
constexpr const char* kLayer = "application/vnd.ollama.image.";

/// manifests/<registry>/<namespace>/<model>/<tag> as Ollama writes it: what is usual is left out.
std::string name_of_manifest(const fs::path& relative) {
  std::vector<std::string> parts;
  for (const fs::path& part : relative) parts.push_back(part.string());
  if (parts.size() != 4) return {};
  std::string name = parts[2] + ":" + parts[3];
  if (parts[1] != "library") name = parts[1] + "/" + name;
  if (parts[0] != "registry.ollama.ai") name = (parts[1] == "library" ? parts[0] + "/library/" : parts[0] + "/") + name;
  return name;
}

/// blobs/sha256-<64 hexadecimal digits>; empty if `digest` is of another form, as it must not lead elsewhere.
fs::path blob_of(const fs::path& store, const std::string& digest) {
  const bool is_digest = digest.size() == 71 && digest.compare(0, 7, "sha256:") == 0 &&
                         digest.find_first_not_of("0123456789abcdef", 7) == std::string::npos;
  return is_digest ? store / "blobs" / ("sha256-" + digest.substr(7)) : fs::path();
}

/// Adds one layer of a manifest to the model it belongs to.
void add_layer(const fs::path& store, const nlohmann::json& layer, LocalModel& model) {
  if (!layer.is_object()) return;
  const auto kind = layer.find("mediaType");
  const auto digest = layer.find("digest");
  if (kind == layer.end() || !kind->is_string() || digest == layer.end() || !digest->is_string()) return;
  const fs::path blob = blob_of(store, digest->get<std::string>());
  std::error_code missing;
  const std::uintmax_t bytes = blob.empty() ? 0 : fs::file_size(blob, missing);
  if (blob.empty() || missing) return;
  if (*kind == std::string(kLayer) + "model" && model.path.empty()) {
    model.path = blob.string();
    model.bytes += Bytes(static_cast<std::int64_t>(bytes));
  } else if (*kind == std::string(kLayer) + "projector") {
    model.mmproj = blob.string();
  }
}

}  // namespace

std::vector<LocalModel> ollama_models(const fs::path& store) {
  std::vector<LocalModel> models;
  const fs::path manifests = store / "manifests";
  for (const StoreFile& file : files_below(manifests, 4)) {
    LocalModel model{name_of_manifest(file.path.lexically_relative(manifests)), "", "Ollama", "GGUF", Bytes(0), ""};
    if (model.name.empty()) continue;
    // A manifest that is half written is no model yet.
    const nlohmann::json manifest = nlohmann::json::parse(small_text(file.path, kMaxManifest), nullptr, false);
    const auto layers = manifest.is_object() ? manifest.find("layers") : manifest.end();
    if (layers == manifest.end() || !layers->is_array()) continue;
    for (const nlohmann::json& layer : *layers) add_layer(store, layer, model);
    if (!model.path.empty()) models.push_back(std::move(model));
  }
  return models;
}

}  // namespace lfmfit
