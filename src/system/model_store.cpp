#include "system/model_store.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 100'000;

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool is_projector(const std::string& file) { return file.find("mmproj") != std::string::npos; }

/// The name that all pieces of a split file share: "m-00002-of-00003.gguf" -> "m.gguf".
std::string whole_name(const std::string& file) {
  static const std::regex piece("(.*)-[0-9]{5}-of-[0-9]{5}\\.gguf");
  std::smatch match;
  if (file.size() < 512 && std::regex_match(file, match, piece)) return match[1].str() + ".gguf";
  return file;
}

}  // namespace

std::vector<StoreFile> files_below(const fs::path& folder, int depth) {
  std::vector<StoreFile> files;
  std::error_code error;
  std::size_t entries = 0;
  fs::recursive_directory_iterator walk(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
    if (++entries > kMaxEntries) break;
    if (walk.depth() >= depth) walk.disable_recursion_pending();
    std::error_code unreadable;
    if (!walk->is_regular_file(unreadable) || unreadable) continue;
    const std::uintmax_t bytes = walk->file_size(unreadable);
    if (!unreadable) files.push_back({walk->path(), static_cast<std::int64_t>(bytes)});
  }
  std::sort(files.begin(), files.end(), [](const StoreFile& a, const StoreFile& b) { return a.path < b.path; });
  return files;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  fs::directory_iterator walk(folder, fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::directory_iterator() && folders.size() < kMaxEntries; walk.increment(error)) {
    std::error_code unreadable;
    if (walk->is_directory(unreadable) && !unreadable) folders.push_back(walk->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

std::string small_text(const fs::path& path, std::int64_t limit) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || error) return {};
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (error || bytes > static_cast<std::uintmax_t>(limit)) return {};
  std::string text(static_cast<std::size_t>(bytes), '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

std::vector<LocalModel> models_of(const fs::path& folder, const std::vector<StoreFile>& files, const std::string& name,
                                  const std::string& tool) {
  std::map<std::string, LocalModel> ggufs;
  LocalModel weights{name, folder.string(), tool, "safetensors", Bytes(0), ""};
  std::string projector;
  bool has_config = false;
  for (const StoreFile& file : files) {
    const std::string relative = file.path.lexically_relative(folder).generic_string();
    has_config = has_config || relative == "config.json";
    if (ends_with(relative, ".safetensors") && relative.find('/') == std::string::npos)
      weights.bytes += Bytes(file.bytes);
    if (!ends_with(relative, ".gguf")) continue;
    if (is_projector(file.path.filename().string())) {
      if (projector.empty()) projector = file.path.string();
      continue;
    }
    // Files are sorted, so the first piece comes first and gives the path.
    const std::string whole = whole_name(relative);
    LocalModel& model = ggufs
                            .try_emplace(whole, LocalModel{name.empty() ? whole : name + "/" + whole,
                                                           file.path.string(), tool, "GGUF", Bytes(0), ""})
                            .first->second;
    model.bytes += Bytes(file.bytes);
  }
  std::vector<LocalModel> models;
  for (auto& entry : ggufs) {
    entry.second.mmproj = projector;
    models.push_back(std::move(entry.second));
  }
  if (has_config && weights.bytes > Bytes(0)) models.push_back(std::move(weights));
  return models;
}

}  // namespace lfmfit
