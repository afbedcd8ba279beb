#include <algorithm>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "ask/quantization_choice.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/completion_scripts.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "core/base/letter_case.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit::cli {

namespace {

using Words = std::vector<std::string>;

constexpr const char* kCompletionExamples =
    R"(Prints the script that completes lfmfit's commands, options, models, devices and quantizations in a shell.

Examples:
  lfmfit completion bash > ~/.local/share/bash-completion/completions/lfmfit
  lfmfit completion zsh > ~/.zfunc/_lfmfit
  lfmfit completion fish > ~/.config/fish/completions/lfmfit.fish

Exit codes: 0 printed, 2 bad usage.)";

/// Commands that take a model in the place of their own.
const std::set<std::string> kTakeModel = {"", "check", "explain", "page", "plan", "fleet"};

/// What a command's help says of its options: the one table of them. "-q,--quant TEXT  how the weights are stored".
Words options_of(const std::string& command, const Session& session) {
  std::ostringstream help, ignored;
  const Words args = command.empty() ? Words{"--help"} : Words{command, "--help"};
  run(args, session.in, help, ignored, session.environment);
  constexpr std::size_t kIndent = 4;
  Words options;
  std::istringstream lines(help.str());
  for (std::string line; std::getline(lines, line);) {
    const std::size_t start = line.find_first_not_of(' ');
    if (start > kIndent || line[start] != '-') continue;  // empty, or further in: wrapped
    std::istringstream names(line.substr(start, line.find(' ', start) - start));
    for (std::string name; std::getline(names, name, ',');) {
      if (name.size() > 1 && name.front() == '-') options.push_back(name);
    }
  }
  return options;
}

template <class Nouns>
void add_names(const Nouns& nouns, Words& words) {
  for (const auto& noun : nouns) words.push_back(noun.name);
}

/// A model's id, and what people type for it: the part behind the publisher, in small letters.
void add_models(const Catalog& catalog, Words& words) {
  for (const Model& model : catalog.models()) {
    const std::string& id = model.card.id;
    words.push_back(id);
    words.push_back(lower(id.substr(id.find('/') + 1)));
  }
}

/// The values of `option`; none: files, numbers, and what nobody can guess.
Words values_of(const std::string& option, const Catalog& catalog) {
  Words words;
  if (option == "--on" || option == "--device") {
    for (const Device& device : catalog.devices()) words.push_back(device.id);
    words.emplace_back("local");
  } else if (option == "-q" || option == "--quant" || option == "--quantization") {
    add_names(catalog.quantizations(), words);
    words.emplace_back(ask::kBestQuantization);
  } else if (option == "--backend") {
    add_names(catalog.backends(), words);
  } else if (option == "--vendor") {
    std::set<std::string> vendors;
    for (const Device& device : catalog.devices()) vendors.insert(device.vendor);
    words.assign(vendors.begin(), vendors.end());
  } else if (option == "--runtime") {
    for (const Release& release : releases()) words.push_back(std::string("llama.cpp@") + release.version);
    for (const char* other : {"vllm", "mlx"}) words.emplace_back(other);
  } else if (option == "-c" || option == "--context" || option == "--ctx-size") {
    words = {"4096", "8k", "16k", "32k", "64k", "128k", "max", "fit"};
  } else if (option == "-md" || option == "--model-draft") {
    add_models(catalog, words);
  }
  return words;
}

/// What may stand where `line`, what was typed behind the program's name, ends.
Words candidates(const Words& line, const Session& session) {
  const Words commands = command_names();
  const std::string word = line.empty() ? std::string() : line.back();
  const std::string before = line.size() > 1 ? line[line.size() - 2] : std::string();
  const bool has_command = line.size() > 1 && std::find(commands.begin(), commands.end(), line[0]) != commands.end();
  const std::string command = has_command ? line[0] : std::string();
  if (!word.empty() && word.front() == '-') return options_of(command, session);
  const Catalog catalog(read_overlays(session.environment, {}));
  if (!before.empty() && before.front() == '-') {
    if (Words values = values_of(before, catalog); !values.empty()) return values;
  }
  Words words;
  if (line.size() <= 1) words = commands;
  if (command == "list") words = {"models", "devices", "quants", "runtimes", "architectures"};
  if (command == "completion") words = completion_shells();
  if (command == "fits") words = values_of("--on", catalog);
  if (kTakeModel.count(command) > 0 && !(word.empty() && command.empty())) add_models(catalog, words);
  return words;
}

bool begins_with(const std::string& text, const std::string& start) {
  return text.size() >= start.size() && text.compare(0, start.size(), start) == 0;
}

}  // namespace

int run_completion(const Session& session) {
  constexpr const char* kWords = "--words";
  if (!session.args.empty() && session.args.front() == kWords) {
    const Words line(session.args.begin() + 1, session.args.end());
    const std::string word = line.empty() ? std::string() : line.back();
    std::set<std::string> fitting;
    for (const std::string& candidate : candidates(line, session)) {
      if (begins_with(candidate, word)) fitting.insert(candidate);
    }
    for (const std::string& candidate : fitting) session.out << candidate << "\n";
    return kAnswered;
  }
  std::string shell;
  CommandLine line("Completes what is typed in a shell.", "lfmfit completion", kCompletionExamples);
  line.text("SHELL", shell, "bash, zsh or fish", {.required = true, .words = completion_shells()});
  if (!line.read(session.args, session.out)) return kAnswered;
  session.out << completion_script(shell);
  return kAnswered;
}

}  // namespace lfmfit::cli
