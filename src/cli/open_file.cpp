#include "cli/open_file.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <string>

#include "lfmfit/error.hpp"

extern char** environ;

namespace lfmfit::cli {

namespace {

#ifdef __APPLE__
constexpr const char* kOpener = "open";
#else
constexpr const char* kOpener = "xdg-open";
#endif

}  // namespace

void open_in_browser(const std::filesystem::path& path) {
  std::string opener = kOpener;
  std::string file = std::filesystem::absolute(path).string();
  char* const arguments[] = {opener.data(), file.data(), nullptr};
  pid_t process = 0;
  int status = 1;
  const bool started = posix_spawnp(&process, kOpener, nullptr, nullptr, arguments, environ) == 0;
  if (started) waitpid(process, &status, 0);  // openers hand the file on and end
  if (!started || status != 0) {
    throw Error(ErrorKind::kBadRequest,
                file + " was written, but " + opener + " could not show it; open it in a browser yourself");
  }
}

}  // namespace lfmfit::cli
