#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "system/this_machine.hpp"

namespace lfmfit::cli {

/// What the program takes from the world around it besides its arguments and streams.
struct Environment {
  std::optional<std::filesystem::path> user_data;  ///< folder of the user's own facts; need not exist
  int width = 80;                                  ///< columns of the terminal
  bool colour = false;                             ///< whether colour is welcome on standard output
  std::map<std::string, std::string> variables;    ///< where other tools keep models; usual values; GitHub's
  std::optional<MachineSources> machine;           ///< where this machine is looked at; unset: it is not
  bool is_terminal = true;                         ///< whether people see what is printed; a pipe gets names whole
  std::filesystem::path program = {};              ///< where this program lies; empty: not known
};

constexpr const char* kGitHubActions = "GITHUB_ACTIONS";       ///< "true" in a job of GitHub's
constexpr const char* kGitHubSummary = "GITHUB_STEP_SUMMARY";  ///< the file that the job's summary is appended to

/// As this process finds it: XDG_DATA_HOME and HOME, COLUMNS or the terminal's own width, NO_COLOR and TERM,
/// LFMFIT_RUNTIME, those of usual_values.hpp, what local_model_variables() names, what GitHub tells its jobs,
/// LFMFIT_NVML (a library to ask in place of the driver's) and CUDA_VISIBLE_DEVICES.
Environment process_environment();

}  // namespace lfmfit::cli
