#include "system/write_file.hpp"

#include <fstream>
#include <system_error>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

bool written(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return !file.fail();
}

/// In a file beside it first, so that nobody ever sees a half one.
bool replaced(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path unfinished = path.string() + ".unfinished";
  std::error_code error;
  bool done = written(unfinished, text);
  if (done) std::filesystem::rename(unfinished, path, error);
  done = done && !error;
  if (!done) std::filesystem::remove(unfinished, error);
  return done;
}

}  // namespace

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  const bool special = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
  if (std::filesystem::is_directory(status))
    throw Error(ErrorKind::kBadFile, path.string() + " is a folder; name a file in it");
  if (!(special ? written(path, text) : replaced(path, text))) {
    throw Error(ErrorKind::kBadFile,
                path.string() + " cannot be written; check the folder's permissions and the room on its disk");
  }
}

}  // namespace lfmfit
