#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ask/local_machine.hpp"
#include "cli/environment.hpp"
#include "lfmfit/asked.hpp"
#include "render/style.hpp"

namespace lfmfit::cli {

class CommandLine;

/// What was typed, in groups that commands share. What the model and how it is to be run means is for src/ask to say.

/// How the answer is to look.
struct OutputOptions {
  bool json = false;
  bool csv = false;
  bool strict = false;  ///< warnings count as "does not fit"
  std::string colour = "auto";
  std::int64_t width = 0;  ///< 0: the terminal's
};

/// Which facts are used.
struct DataOptions {
  std::vector<std::string> folders;
};

/// The model and how it is to be run; llama.cpp's names where it has one.
void add_request_options(CommandLine& line, Asked& asked);
void add_data_options(CommandLine& line, DataOptions& options);

/// --total, of commands that take DEVICE: of "local", all memory counts and not what is free of it.
void add_total_option(CommandLine& line, bool& total, const std::string& group = {});
ask::MemoryCount memory_count_of(bool total);

/// Throws Error(kBadRequest) where JSON and CSV are both asked for.
void require_one_format(const OutputOptions& options);

/// --strict, of commands that answer a question.
void add_strict_option(CommandLine& line, OutputOptions& options);

/// Whether --strict turns `warnings` into a no.
bool fails_strictly(const OutputOptions& options, const std::vector<std::string>& warnings);

/// The line that says so; empty: it does not.
std::string strict_text(const OutputOptions& options, const std::vector<std::string>& warnings);

/// --color and --width.
void add_terminal_options(CommandLine& line, OutputOptions& options);

/// The terminal that the options and the environment make.
render::Terminal terminal_of(const OutputOptions& options, const Environment& environment);

}  // namespace lfmfit::cli
