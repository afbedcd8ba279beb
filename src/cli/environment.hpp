#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace lfmfit::cli {

/// What the program takes from the world around it besides its arguments and streams.
struct Environment {
  std::optional<std::filesystem::path> user_data;  ///< folder of the user's own facts; need not exist
  int width = 80;                                  ///< columns of the terminal
  bool colour = false;                             ///< whether colour is welcome on standard output
  std::map<std::string, std::string> variables;    ///< where other tools keep their models; the usual runtime
};

/// As this process finds it: XDG_DATA_HOME and HOME, COLUMNS or the terminal's own width, NO_COLOR and TERM,
/// LFMFIT_RUNTIME, and what local_model_variables() names.
Environment process_environment();

}  // namespace lfmfit::cli
