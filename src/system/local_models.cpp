#include "system/local_models.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "system/model_store.hpp"

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

std::string variable(const EnvironmentVariables& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// $XDG_CACHE_HOME, or ~/.cache; empty where there is no home.
fs::path cache_home(const EnvironmentVariables& environment) {
  const std::string cache = variable(environment, "XDG_CACHE_HOME");
  const std::string home = variable(environment, "HOME");
  if (!cache.empty()) return cache;
  return home.empty() ? fs::path() : fs::path(home) / ".cache";
}

/// Where huggingface_hub keeps its snapshots.
fs::path hugging_face_folder(const EnvironmentVariables& environment) {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (const std::string folder = variable(environment, name); !folder.empty()) return folder;
  }
  if (const std::string home = variable(environment, "HF_HOME"); !home.empty()) return fs::path(home) / "hub";
  const fs::path cache = cache_home(environment);
  return cache.empty() ? fs::path() : cache / "huggingface" / "hub";
}

/// The first line of a small file, or nothing.
std::string first_line(const fs::path& path) {
  const std::string text = small_text(path, 4096);
  return text.substr(0, text.find_first_of("\r\n"));
}

/// The snapshot that "main" stands for, or else the last one.
fs::path snapshot_of(const fs::path& repository) {
  const std::string main = first_line(repository / "refs" / "main");
  std::error_code error;
  const fs::path named = repository / "snapshots" / main;
  if (!main.empty() && main.find('/') == std::string::npos && fs::is_directory(named, error)) return named;
  const std::vector<fs::path> all = folders_in(repository / "snapshots");
  return all.empty() ? fs::path() : all.back();
}

void append(std::vector<LocalModel>& all, std::vector<LocalModel> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// A folder of repositories "models--LiquidAI--LFM2-1.2B".
std::vector<LocalModel> repositories(const fs::path& folder, const std::string& tool) {
  constexpr std::string_view kPrefix = "models--";
  std::vector<LocalModel> models;
  for (const fs::path& repository : folders_in(folder)) {
    std::string name = repository.filename().string();
    if (name.compare(0, kPrefix.size(), kPrefix) != 0) continue;
    name.erase(0, kPrefix.size());
    if (const std::size_t slash = name.find("--"); slash != std::string::npos)
      name = name.substr(0, slash) + "/" + name.substr(slash + 2);
    const fs::path snapshot = snapshot_of(repository);
    if (!snapshot.empty()) append(models, models_of(snapshot, files_below(snapshot, 2), name, tool));
  }
  return models;
}

/// llama.cpp's folder holds repositories since it shares Hugging Face's layout, and single files from before.
std::vector<LocalModel> llama_cpp_models(const EnvironmentVariables& environment) {
  const std::string named = variable(environment, "LLAMA_CACHE");
  const std::string home = variable(environment, "HOME");
  std::vector<fs::path> folders;
  if (!named.empty()) {
    folders = {named};
  } else {
    if (const fs::path cache = cache_home(environment); !cache.empty()) folders.push_back(cache / "llama.cpp");
    if (!home.empty()) folders.push_back(fs::path(home) / "Library" / "Caches" / "llama.cpp");
  }
  std::vector<LocalModel> models;
  for (const fs::path& folder : folders) {
    append(models, repositories(folder, "llama.cpp"));
    append(models, models_of(folder, files_below(folder, 0), "", "llama.cpp"));
  }
  return models;
}

std::vector<LocalModel> all_ollama_models(const EnvironmentVariables& environment) {
  if (const std::string named = variable(environment, "OLLAMA_MODELS"); !named.empty()) return ollama_models(named);
  std::vector<LocalModel> models;
  if (const std::string home = variable(environment, "HOME"); !home.empty()) {
    append(models, ollama_models(fs::path(home) / ".ollama" / "models"));
  }
  append(models, ollama_models("/usr/share/ollama/.ollama/models"));  // where its service on Linux keeps them
  return models;
}

/// LM Studio: <publisher>/<model>/<files>, below a home that it notes in ~/.lmstudio-home-pointer.
std::vector<LocalModel> lm_studio_models(const EnvironmentVariables& environment) {
  const std::string home = variable(environment, "HOME");
  std::vector<LocalModel> models;
  if (home.empty()) return models;
  std::set<fs::path> folders{fs::path(home) / ".lmstudio" / "models",
                             fs::path(home) / ".cache" / "lm-studio" / "models"};
  if (const std::string pointed = first_line(fs::path(home) / ".lmstudio-home-pointer"); !pointed.empty()) {
    folders.insert(fs::path(pointed) / "models");
  }
  for (const fs::path& folder : folders) {
    for (const fs::path& publisher : folders_in(folder)) {
      for (const fs::path& model : folders_in(publisher)) {
        const std::string name = publisher.filename().string() + "/" + model.filename().string();
        append(models, models_of(model, files_below(model, 1), name, "LM Studio"));
      }
    }
  }
  return models;
}

}  // namespace

const std::vector<std::string>& local_model_variables() {
  static const std::vector<std::string> names{
      "HOME", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "OLLAMA_MODELS", "LLAMA_CACHE"};
  return names;
}

std::vector<LocalModel> find_local_models(const EnvironmentVariables& environment) {
  std::vector<LocalModel> models;
  const fs::path hub = hugging_face_folder(environment);
  if (!hub.empty()) append(models, repositories(hub, "Hugging Face"));
  append(models, lm_studio_models(environment));
  append(models, llama_cpp_models(environment));
  append(models, all_ollama_models(environment));
  std::stable_sort(models.begin(), models.end(), [](const LocalModel& a, const LocalModel& b) {
    return a.tool != b.tool ? a.tool < b.tool : a.name < b.name;
  });
  return models;
}

const LocalModel* local_model(const std::vector<LocalModel>& models, std::string_view name) {
  const std::string wanted = lower(std::string(name));
  std::vector<const LocalModel*> matches;
  for (const LocalModel& model : models) {
    const std::string known = lower(model.name);
    if (known == wanted) return &model;
    if (known.find(wanted) != std::string::npos) matches.push_back(&model);
  }
  if (matches.size() <= 1) return matches.empty() ? nullptr : matches.front();
  std::string message = "several models on this machine are called so; name one of:";
  for (std::size_t i = 0; i < std::min<std::size_t>(matches.size(), 10); ++i)
    message += (i == 0 ? " " : ", ") + matches[i]->name;
  throw Error(ErrorKind::kUnknownModel, message);
}

}  // namespace lfmfit
