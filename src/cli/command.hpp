#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "cli/environment.hpp"

namespace lfmfit::cli {

/// What a command is given to work with.
struct Session {
  std::vector<std::string> args;  ///< after the command's name
  std::istream& in;
  std::ostream& out;
  const Environment& environment;
};

/// The commands, each in a file of its name. They return an exit code, write to `out` only once the answer is certain,
/// and throw Error.
int run_report(const Session& session);     ///< lfmfit [MODEL]: what MODEL needs and what runs it
int run_check(const Session& session);      ///< lfmfit check [MODEL] --on DEVICE: does it fit?
int run_plan(const Session& session);       ///< lfmfit plan [MODEL] [--on DEVICE]: how to run it there
int run_fits(const Session& session);       ///< lfmfit fits DEVICE: which models run there, best first
int run_explain(const Session& session);    ///< lfmfit explain [MODEL] --on DEVICE: every term of memory and time
int run_audit(const Session& session);      ///< lfmfit audit LOG: what a log says was allocated, beside lfmfit
int run_list(const Session& session);       ///< lfmfit list KIND: the facts lfmfit knows
int run_inspect(const Session& session);    ///< lfmfit inspect PATH: what a model file holds
int run_page(const Session& session);       ///< lfmfit page [MODEL] -o FILE: an HTML page to look at and share
int run_app(const Session& session);        ///< lfmfit app -o FILE: lfmfit itself as one HTML file
int run_detect(const Session& session);     ///< lfmfit detect: this machine's hardware
int run_calibrate(const Session& session);  ///< lfmfit calibrate: speed constants of one's own machine
int run_fleet(const Session& session);      ///< lfmfit fleet MODEL...: which nodes of a cluster run it
int run_completion(const Session& session);   ///< lfmfit completion SHELL: what completes it in a shell
int run_batch(const Session& session);      ///< lfmfit batch: JSON lines in, JSON lines out

}  // namespace lfmfit::cli
