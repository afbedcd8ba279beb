#include "cli/environment.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include <charconv>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "ask/like_words.hpp"
#include "ask/question.hpp"
#include "cli/usual_values.hpp"
#include "system/local_models.hpp"

namespace lfmfit::cli {

namespace {

/// The variable's value; empty when it is not set.
std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::optional<std::filesystem::path> user_data() {
  const std::filesystem::path data_home = variable("XDG_DATA_HOME");
  if (data_home.is_absolute()) return data_home / "lfmfit";
  const std::filesystem::path home = variable("HOME");
  if (home.is_absolute()) return home / ".local/share/lfmfit";
  return std::nullopt;
}

int terminal_width() {
  const std::string columns = variable("COLUMNS");
  int width = 0;
  std::from_chars(columns.data(), columns.data() + columns.size(), width);
  winsize size{};
  if (width <= 0 && isatty(STDOUT_FILENO) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) width = size.ws_col;
  return width > 0 ? width : Environment{}.width;
}

MachineSources machine_sources() {
  MachineSources sources;
  sources.nvml = variable("LFMFIT_NVML");
  // set and empty, it hides all GPUs
  if (const char* visible = std::getenv("CUDA_VISIBLE_DEVICES")) sources.visible_gpus = visible;
  return sources;
}

std::filesystem::path program() {
#ifdef __APPLE__
  std::string path(4096, '\0');
  auto size = static_cast<std::uint32_t>(path.size());
  return _NSGetExecutablePath(path.data(), &size) == 0 ? std::filesystem::path(path.c_str()) : std::filesystem::path();
#else
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
#endif
}

}  // namespace

Environment process_environment() {
  const bool colour = isatty(STDOUT_FILENO) != 0 && variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  std::map<std::string, std::string> variables;
  std::vector<std::string> names = local_model_variables();
  names.insert(names.end(), {kGitHubActions, kGitHubSummary, ask::kRuntimeVariable});
  for (std::string& name : ask::ollama_variables()) names.push_back(std::move(name));
  for (const UsualValue& usual : usual_values()) names.emplace_back(usual.variable);
  for (const std::string& name : names) {
    if (const std::string value = variable(name.c_str()); !value.empty()) variables[name] = value;
  }
  return {user_data(),       terminal_width(),           colour,   std::move(variables),
          machine_sources(), isatty(STDOUT_FILENO) != 0, program()};
}

}  // namespace lfmfit::cli
