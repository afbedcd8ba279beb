#include "cli/run.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <new>
#include <string_view>

#include "ask/contract_object.hpp"
#include "cli/command.hpp"
#include "cli/usual_values.hpp"
#include "core/base/name_match.hpp"
#include "lfmfit/error.hpp"
#include "render/style.hpp"

namespace lfmfit::cli {

namespace {

struct Command {
  const char* name;
  int (*run)(const Session& session);
};

constexpr Command kCommands[] = {{"check", run_check},         {"plan", run_plan},
                                 {"fits", run_fits},           {"explain", run_explain},
                                 {"audit", run_audit},         {"list", run_list},
                                 {"inspect", run_inspect},     {"detect", run_detect},
                                 {"fleet", run_fleet},         {"batch", run_batch},
                                 {"page", run_page},           {"app", run_app},
                                 {"calibrate", run_calibrate}, {"completion", run_completion}};

constexpr const char* kHelp = "help";

const Command* command_called(const std::string& name) {
  for (const Command& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

/// The command that may be meant by `word`, which is none; empty: none is near.
std::string_view near_command(const std::string& word) {
  std::vector<std::string_view> names{kHelp};
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return word.empty() || word.front() == '-' ? std::string_view() : nearest_name(word, names);
}

/// "help check" as "check --help", so that each command tells its own.
std::vector<std::string> without_help(std::vector<std::string> args) {
  if (args.empty() || args.front() != kHelp) return args;
  args.erase(args.begin());
  const bool names_command = !args.empty() && args.front() != kHelp && args.front().compare(0, 1, "-") != 0;
  if (names_command && command_called(args.front()) == nullptr) {
    const std::string_view near = near_command(args.front());
    throw Error(ErrorKind::kBadRequest, "there is no command " + args.front() +
                                            (near.empty() ? ";" : "; did you mean " + std::string(near) + "?") +
                                            " `lfmfit help` lists them");
  }
  if (!names_command) args.clear();
  args.emplace_back("--help");
  return args;
}

/// The report, which is no command: its first argument may be one with a slip in it.
int run_unnamed(const Session& session) {
  const std::string_view near = session.args.empty() ? "" : near_command(session.args.front());
  if (near.empty()) return run_report(session);
  try {
    return run_report(session);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kUnknownModel && error.kind() != ErrorKind::kBadRequest) throw;
    throw Error(error.kind(), std::string(error.what()) + "; if a command was meant: lfmfit " + std::string(near));
  }
}

int run_command(std::vector<std::string> args, std::istream& in, std::ostream& out, const Environment& environment) {
  args = without_help(std::move(args));
  const Command* command = args.empty() ? nullptr : command_called(args.front());
  if (command == nullptr) return run_unnamed({std::move(args), in, out, environment});
  args.erase(args.begin());
  return command->run({std::move(args), in, out, environment});
}

int complain(std::ostream& err, const std::string& message) {
  err << "lfmfit: " << render::printable(message) << "\n";
  return kBadUse;
}

/// Where what went wrong names a value that nobody typed, the variable that it is from.
std::string from_variable(const std::string& message, const std::vector<std::string>& args,
                          const Environment& environment) {
  for (const UsualValue& usual : usual_values()) {
    const auto set = environment.variables.find(usual.variable);
    if (set == environment.variables.end() || message.find(usual.variable) != std::string::npos) continue;
    const bool typed = std::any_of(args.begin(), args.end(),
                                   [&](const std::string& arg) { return arg.find(set->second) != std::string::npos; });
    if (!typed && message.find(set->second) != std::string::npos)
      return std::string(" (from the variable ") + usual.variable + ")";
  }
  return "";
}

/// What went wrong; with a file among the user's own facts, which every command reads, also how to get rid of it.
std::string message_for(const Error& error, const std::vector<std::string>& args, const Environment& environment) {
  const std::string message = error.what() + from_variable(error.what(), args, environment);
  if (error.kind() != ErrorKind::kBadFile || !environment.user_data) return message;
  const std::string folder = environment.user_data->string() + "/";
  if (message.compare(0, folder.size(), folder) != 0) return message;
  return message + " (every command reads this folder: mend the file, or delete it)";
}

/// After a write failed: whether because nobody reads any more. Streams do not keep the reason, so it is asked for
/// again.
bool output_is_closed() { return write(STDOUT_FILENO, "\n", 1) < 0 && errno == EPIPE; }

/// Where nobody could catch: JSON takes memory to be dropped, and may find none.
[[noreturn]] void give_up() {
  try {
    if (const std::exception_ptr thrown = std::current_exception()) std::rethrow_exception(thrown);
  } catch (const std::bad_alloc&) {
    constexpr std::string_view kText = "lfmfit: out of memory\n";
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kText.data(), kText.size());
    _exit(kBadUse);
  } catch (...) {
  }
  std::abort();
}

}  // namespace

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return names;
}

int run(const std::vector<std::string>& args, std::istream& in, std::ostream& out, std::ostream& err,
        const Environment& environment) {
  try {
    return run_command(args, in, out, environment);
  } catch (const ask::FaultyContract& faulty) {
    for (const std::string& fault : faulty.lines()) complain(err, fault);
    return kBadUse;
  } catch (const Error& error) {
    return complain(err, message_for(error, args, environment));
  } catch (const std::bad_alloc&) {
    return complain(err, "out of memory");
  } catch (const std::exception& error) {
    return complain(err,
                    std::string("internal error, please report it with the command that caused it: ") + error.what());
  }
}

int run_process(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::set_terminate(give_up);
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  const int code = run(args, std::cin, std::cout, std::cerr, process_environment());
  std::cout.flush();
  if (!std::cout && !output_is_closed())
    return complain(std::cerr, "the answer could not be written; is the disk full?");
  return code;
}

}  // namespace lfmfit::cli
