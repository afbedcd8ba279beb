#include "cli/run.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <iostream>
#include <new>

#include "ask/contract_object.hpp"
#include "cli/command.hpp"
#include "lfmfit/error.hpp"
#include "render/style.hpp"

namespace lfmfit::cli {

namespace {

struct Command {
  const char* name;
  int (*run)(const Session& session);
};

constexpr Command kCommands[] = {{"check", run_check},     {"explain", run_explain},     {"list", run_list},
                                 {"inspect", run_inspect}, {"batch", run_batch},         {"page", run_page},
                                 {"audit", run_audit},     {"calibrate", run_calibrate}, {"detect", run_detect},
                                 {"fleet", run_fleet}};

int run_command(std::vector<std::string> args, std::istream& in, std::ostream& out, const Environment& environment) {
  for (const Command& command : kCommands) {
    if (args.empty() || args.front() != command.name) continue;
    args.erase(args.begin());
    return command.run({std::move(args), in, out, environment});
  }
  return run_report({std::move(args), in, out, environment});
}

int complain(std::ostream& err, const std::string& message) {
  err << "lfmfit: " << render::printable(message) << "\n";
  return kBadUse;
}

/// What went wrong; with a file among the user's own facts, which every command reads, also how to get rid of it.
std::string message_for(const Error& error, const Environment& environment) {
  const std::string message = error.what();
  if (error.kind() != ErrorKind::kBadFile || !environment.user_data) return message;
  const std::string folder = environment.user_data->string() + "/";
  if (message.compare(0, folder.size(), folder) != 0) return message;
  return message + " (every command reads this folder: mend the file, or delete it)";
}

/// After a write failed: whether because nobody reads any more. Streams do not keep the reason, so it is asked for
/// again.
bool output_is_closed() { return write(STDOUT_FILENO, "\n", 1) < 0 && errno == EPIPE; }

}  // namespace

int run(const std::vector<std::string>& args, std::istream& in, std::ostream& out, std::ostream& err,
        const Environment& environment) {
  try {
    return run_command(args, in, out, environment);
  } catch (const ask::FaultyContract& faulty) {
    for (const std::string& fault : faulty.lines()) complain(err, fault);
    return kBadUse;
  } catch (const Error& error) {
    return complain(err, message_for(error, environment));
  } catch (const std::bad_alloc&) {
    return complain(err, "out of memory");
  } catch (const std::exception& error) {
    return complain(err,
                    std::string("internal error, please report it with the command that caused it: ") + error.what());
  }
}

int run_process(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  std::ios::sync_with_stdio(false);
  const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
  const int code = run(args, std::cin, std::cout, std::cerr, process_environment());
  std::cout.flush();
  if (!std::cout && !output_is_closed())
    return complain(std::cerr, "the answer could not be written; is the disk full?");
  return code;
}

}  // namespace lfmfit::cli
