#include "cli/overlays.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <system_error>

#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLongestOverlay = 64U << 20;
constexpr std::size_t kMostFiles = 1000;

Overlay read_file(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error && size > kLongestOverlay)
    throw Error(ErrorKind::kBadFile, path.string() + " is bigger than 64 MiB; that is no file of facts");
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (size > 0) text << file.rdbuf();
  if (error || !file || !text)
    throw Error(ErrorKind::kBadFile, path.string() + " cannot be read; check its permissions");
  return {path.string(), text.str()};
}

[[noreturn]] void unreadable(const fs::path& folder, const std::error_code& error) {
  throw Error(ErrorKind::kBadFile, folder.string() + " cannot be read (" + error.message() +
                                       "); mend its permissions, or answers would lack the facts in it");
}

/// A file, or a link to what cannot be seen: reading that says so.
bool may_hold_facts(const fs::directory_entry& entry) {
  std::error_code error;
  const fs::file_status status = entry.status(error);
  return fs::is_regular_file(status) || error || !fs::exists(status);
}

/// The JSON files of `folder` and of its folders models/ and devices/, each folder's in order of their names.
void add_folder(std::vector<Overlay>& overlays, const fs::path& folder) {
  for (const char* part : {"", "models", "devices"}) {
    const fs::path here = *part == '\0' ? folder : folder / part;
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator entry(here, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->path().extension() == ".json" && may_hold_facts(*entry)) files.push_back(entry->path());
    }
    std::error_code missing;
    if (error && fs::exists(here, missing)) unreadable(here, error);
    std::sort(files.begin(), files.end());
    if (overlays.size() + files.size() > kMostFiles)
      throw Error(ErrorKind::kBadFile, here.string() + " holds more than 1,000 files of facts");
    for (const fs::path& file : files) overlays.push_back(read_file(file));
  }
}

void require_readable(const fs::path& folder) {
  std::error_code error;
  const fs::directory_iterator probe(folder, error);
  if (error)
    throw Error(ErrorKind::kBadFile,
                "--data " + folder.string() + " is no folder that can be read: " + error.message());
}

}  // namespace

std::vector<Overlay> read_overlays(const Environment& environment, const std::vector<std::string>& folders) {
  std::vector<Overlay> overlays;
  if (environment.user_data) add_folder(overlays, *environment.user_data);
  for (const std::string& folder : folders) {
    require_readable(folder);
    add_folder(overlays, folder);
  }
  return overlays;
}

}  // namespace lfmfit::cli
