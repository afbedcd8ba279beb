#include <ios>
#include <istream>
#include <ostream>
#include <string>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/line_answers.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/error.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kBatchExamples = R"(Reads one request a line from standard input and writes one answer a line, in
the same order. Every key but "model" is optional; a line that cannot be answered
gives an object with "error" and spoils no other. The README lists the keys.

Example:
  echo '{"model": "LiquidAI/LFM2-1.2B", "device": "rtx-4090"}' | lfmfit batch

Exit code: 0, also when single lines could not be answered; 2 bad usage or bad data.)";

constexpr std::size_t kLongestLine = 1U << 20;

enum class Line { kRead, kTooLong, kEnd };

/// The next byte of `buffer`, or the end. Streams of the library throw on a folder and on a closed input.
int next_byte(std::streambuf& buffer) {
  try {
    return buffer.sbumpc();
  } catch (const std::ios_base::failure&) {
    throw Error(ErrorKind::kBadFile, "standard input cannot be read; pipe requests into it, one a line");
  }
}

/// The next line of `in` without its end, at most kLongestLine of it kept.
Line read_line(std::istream& in, std::string& line) {
  line.clear();
  bool too_long = false;
  std::streambuf& buffer = *in.rdbuf();
  for (;;) {
    const int c = next_byte(buffer);
    if (c == std::istream::traits_type::eof()) {
      if (line.empty() && !too_long) return Line::kEnd;
      break;
    }
    if (c == '\n') break;
    if (line.size() < kLongestLine) {
      line += static_cast<char>(c);
    } else {
      too_long = true;
    }
  }
  return too_long ? Line::kTooLong : Line::kRead;
}

/// A re-play builds a graph of some hundred kilobytes and drops it. glibc would give those back to the system and ask
/// for them again each time, which takes a sixth of the time of lines that are all different.
void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kEnough = 4 << 20;
  mallopt(M_MMAP_THRESHOLD, kEnough);
  mallopt(M_TRIM_THRESHOLD, kEnough);
#endif
}

bool is_blank(const std::string& line) { return line.find_first_not_of(" \t\r") == std::string::npos; }

}  // namespace

int run_batch(const Session& session) {
  DataOptions data;
  bool total = false;
  CommandLine command_line("Answers many requests: JSON lines in, JSON lines out.", "lfmfit batch", kBatchExamples);
  command_line.reads_input();
  add_total_option(command_line, total);
  add_data_options(command_line, data);
  if (!command_line.read(session.args, session.out)) return kAnswered;
  keep_freed_memory();
  const Catalog catalog(read_overlays(session.environment, data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine, memory_count_of(total));
  LineAnswers answers(finder);
  std::string line;
  for (Line read = read_line(session.in, line); read != Line::kEnd && session.out; read = read_line(session.in, line)) {
    if (read == Line::kTooLong) {
      session.out << render::json_text(
          render::error_json(nullptr, ErrorKind::kBadRequest, "this line is longer than 1 MiB"));
    } else if (!is_blank(line)) {
      session.out << answers.answer(line);
    }
  }
  return kAnswered;
}

}  // namespace lfmfit::cli
