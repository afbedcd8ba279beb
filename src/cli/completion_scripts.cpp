#include "cli/completion_scripts.hpp"

#include <array>
#include <utility>

namespace lfmfit::cli {

namespace {

constexpr const char* kBash = R"(# Completes lfmfit in bash; written by `lfmfit completion bash`.
_lfmfit() {
  local IFS=$'\n'
  COMPREPLY=($(lfmfit completion --words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _lfmfit lfmfit
)";

constexpr const char* kZsh = R"(#compdef lfmfit
# Completes lfmfit in zsh; written by `lfmfit completion zsh`.
local -a words_here
words_here=("${(@f)$(lfmfit completion --words "${(@)words[2,CURRENT]}" 2>/dev/null)}")
if [[ -n "${words_here[1]}" ]]; then
  compadd -a words_here
else
  _files
fi
)";

constexpr const char* kFish = R"(# Completes lfmfit in fish; written by `lfmfit completion fish`.
function __lfmfit_words
    set -l words (commandline -opc) (commandline -ct)
    lfmfit completion --words $words[2..-1] 2>/dev/null
end
complete -c lfmfit -a '(__lfmfit_words)'
)";

constexpr std::array<std::pair<const char*, const char*>, 3> kScripts{
    {{"bash", kBash}, {"zsh", kZsh}, {"fish", kFish}}};

}  // namespace

std::vector<std::string> completion_shells() {
  std::vector<std::string> shells;
  for (const auto& [shell, script] : kScripts) shells.emplace_back(shell);
  return shells;
}

std::string completion_script(const std::string& shell) {
  for (const auto& [name, script] : kScripts) {
    if (shell == name) return script;
  }
  return {};
}

}  // namespace lfmfit::cli
