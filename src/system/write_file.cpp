#include "system/write_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>
#include <string_view>
#include <system_error>
#include <utility>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

/// Into what is there already: a device, a pipe.
bool written(const fs::path& path, const std::string& text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool done = write_all(descriptor, text);
  return ::close(descriptor) == 0 && done;
}

/// A new file beside `path` that nobody else has, never one behind a link: its name and descriptor; -1 without one.
std::pair<std::string, int> unfinished_file(const fs::path& path) {
  std::random_device random;
  constexpr int kTries = 100;
  for (int i = 0; i < kTries; ++i) {
    std::string name = path.string() + "." + std::to_string(random()) + ".unfinished";
    const int descriptor = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (descriptor >= 0 || errno != EEXIST) return {std::move(name), descriptor};
  }
  return {{}, -1};
}

/// In a file of its own first, so that nobody ever sees a half one and two runs at once do not meet.
bool replaced(const fs::path& path, const std::string& text) {
  const auto [unfinished, descriptor] = unfinished_file(path);
  if (descriptor < 0) return false;
  struct stat old {};
  bool done = write_all(descriptor, text);
  if (::stat(path.c_str(), &old) == 0) done = ::fchmod(descriptor, old.st_mode & 07777U) == 0 && done;
  done = ::close(descriptor) == 0 && done;
  done = done && ::rename(unfinished.c_str(), path.c_str()) == 0;
  if (!done) ::unlink(unfinished.c_str());
  return done;
}

/// Where links lead, the last part of which need not exist.
fs::path behind_links(const fs::path& path) {
  std::error_code error;
  const fs::path target = fs::weakly_canonical(path, error);
  return error ? path : target;
}

}  // namespace

void write_file(const fs::path& path, const std::string& text) {
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const fs::file_status status = fs::status(path, error);
  const bool special = fs::exists(status) && !fs::is_regular_file(status);
  if (fs::is_directory(status)) throw Error(ErrorKind::kBadFile, path.string() + " is a folder; name a file in it");
  if (!(special ? written(path, text) : replaced(behind_links(path), text))) {
    throw Error(ErrorKind::kBadFile,
                "cannot write " + path.string() + "; check the folder's permissions and the room on its disk");
  }
}

}  // namespace lfmfit
