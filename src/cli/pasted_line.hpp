#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "ask/pasted_command.hpp"
#include "cli/command.hpp"
#include "lfmfit/asked.hpp"

namespace lfmfit::cli {

class CommandLine;

/// Another program's command line as it was handed over: behind `--`, or by --command-line.
struct PastedLine {
  std::vector<std::string> words;   ///< behind `--`
  std::optional<std::string> text;  ///< --command-line; "-": standard input

  bool is_there() const { return !words.empty() || text; }
};

/// What stands behind the first "--" of `args`, which loses it.
std::vector<std::string> cut_behind_dashes(std::vector<std::string>& args);

/// Whether `args` hand a line over; `pasted` has what stood behind "--".
bool has_pasted_line(const PastedLine& pasted, const std::vector<std::string>& args);

/// `environment` without the variables that stand for what another program's line or log says itself.
Environment without_usual_model(Environment environment);

void add_pasted_line_option(CommandLine& line, PastedLine& pasted);

/// Reads `line` on top of `base`; "-" from `in`. Unset: there is none. Throws like ask::read_pasted.
std::optional<ask::PastedCommand> read_pasted_line(const PastedLine& line, const Asked& base, const Catalog& catalog,
                                                   std::istream& in);

/// "llama-server's line: it was taken ...; ignored, as they change no memory: --port, --jinja"; lines end in '\n'.
std::string pasted_text(const ask::PastedCommand& pasted, const std::vector<std::string>& notes, int width);

}  // namespace lfmfit::cli
