// In place of src/system: a page sees neither the machine that it runs on nor what other programs keep there.
#include "lfmfit/error.hpp"
#include "system/local_models.hpp"
#include "system/this_machine.hpp"

namespace lfmfit {

ThisMachine find_this_machine(const MachineSources&) { return {}; }

bool may_have_gpu(const MachineSources&) { return false; }

std::vector<LocalModel> find_local_models(const EnvironmentVariables&) { return {}; }

const LocalModel* local_model(const std::vector<LocalModel>&, std::string_view) { return nullptr; }

}  // namespace lfmfit
