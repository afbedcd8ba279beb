#pragma once

#include <set>
#include <string>
#include <vector>

#include "lfmfit/asked.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit::ask {

/// One setting of an answer as llama-server takes it: "context" is {"-c", "4096"}.
struct WrittenOption {
  std::string setting;
  std::vector<std::string> words;
};

/// The settings of `answer` as options of llama-server: context, slots and layers, and what differs from what it does
/// by itself. `asked` names the files beside the model.
std::vector<WrittenOption> written_options(const Asked& asked, const Question& question, const Estimate& answer);

/// "# PROGRAM cannot be told: -ot ... -ncmoe 4", of the settings that are not in `told`; empty: there are none.
std::string untold(const std::string& program, const std::vector<WrittenOption>& options,
                   const std::set<std::string>& told);

}  // namespace lfmfit::ask
