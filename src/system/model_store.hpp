#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "system/local_models.hpp"

namespace lfmfit {

/// A file in a store, links followed.
struct StoreFile {
  std::filesystem::path path;  ///< within the folder that was listed
  std::int64_t bytes = 0;
};

/// The regular files below `folder` to `depth` folders deep, sorted by path. Links to folders are not followed; what
/// cannot be read is left out, and after 100,000 entries the rest.
std::vector<StoreFile> files_below(const std::filesystem::path& folder, int depth);

/// The folders right in `folder`, sorted.
std::vector<std::filesystem::path> folders_in(const std::filesystem::path& folder);

/// The models that `files` of `folder` make up: each GGUF (its pieces together), and the folder itself if it has a
/// config.json and weights. `name` is what the folder is called; GGUF files get their own name appended.
std::vector<LocalModel> models_of(const std::filesystem::path& folder, const std::vector<StoreFile>& files,
                                  const std::string& name, const std::string& tool);

/// The text of a regular file of at most `limit` bytes; empty for all else.
std::string small_text(const std::filesystem::path& path, std::int64_t limit);

/// The models of an Ollama store.
std::vector<LocalModel> ollama_models(const std::filesystem::path& store);

}  // namespace lfmfit
