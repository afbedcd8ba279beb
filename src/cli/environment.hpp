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
  std::map<std::string, std::string> variables;    ///< those that say where other tools keep their models
  std::optional<MachineSources> machine;           ///< where this machine is looked at; unset: it is not
};

/// As this process finds it: XDG_DATA_HOME and HOME, COLUMNS or the terminal's own width, NO_COLOR and TERM, what
/// local_model_variables() names, LFMFIT_NVML (a library to ask in place of the driver's) and CUDA_VISIBLE_DEVICES.
Environment process_environment();

}  // namespace lfmfit::cli
