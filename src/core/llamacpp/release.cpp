#include "lfmfit/release.hpp"

#include <string>

#include "lfmfit/error.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit {

namespace {

constexpr std::string_view kProgram = "llama.cpp";

/// Whether `asked` is `version` or as many of its first parts: "0.7" of "0.7.0".
bool is_version(std::string_view asked, std::string_view version) {
  return version == asked || (version.starts_with(asked) && version[asked.size()] == '.');
}

/// What follows the program's name: "0.7" of "llama.cpp@0.7" and "llama.cpp v0.7".
std::string_view version_in(std::string_view runtime) {
  std::string_view rest = runtime.substr(kProgram.size());
  for (const std::string_view before : {"@", " ", "v"}) {
    if (rest.starts_with(before)) rest.remove_prefix(before.size());
  }
  return rest;
}

[[noreturn]] void refuse(std::string_view runtime) {
  std::string known;
  for (const Release& release : releases())
    known += (known.empty() ? "" : ", ") + ("llama.cpp@" + std::string(release.version));
  throw Error(ErrorKind::kBadRequest, "no rules are known for the runtime '" + std::string(runtime) + "'; known are " +
                                          known + ", and llama.cpp for the newest");
}

}  // namespace

// The order of rows is the order of releases: the last is the newest.
const std::vector<Release>& releases() {
  static const std::vector<Release> rows = {{.version = "0.5.0", .name = "llama.cpp v0.5.0"},
                                            {.version = "0.6.0", .name = "llama.cpp v0.6.0", .mixes_inputs = true},
                                            {.version = "0.7.0",
                                             .name = "llama.cpp v0.7.0",
                                             .mixes_inputs = true,
                                             .scales_rows = true,
                                             .looks_up_layers_first = true,
                                             .picks_rows_in_last_layer = true,
                                             .gathers_states_once = true,
                                             .scans_spare_states = true,
                                             .reads_strided_gates = true,
                                             .joins_shared_expert = true,
                                             .copies_unused_inputs = true,
                                             .caches_experts = true}};
  return rows;
}

const Release& release_of(const Request& request) {
  return request.release != nullptr ? *request.release : releases().back();
}

const Release& release_called(std::string_view runtime) {
  if (!runtime.starts_with(kProgram)) refuse(runtime);
  if (runtime == kProgram) return releases().back();
  const std::string_view version = version_in(runtime);
  for (const Release& release : releases()) {
    if (!version.empty() && is_version(version, release.version)) return release;
  }
  refuse(runtime);
}

}  // namespace lfmfit
