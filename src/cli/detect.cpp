#include <ostream>

#include "ask/local_machine.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "render/detect_text.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kDetectExamples =
    R"(GPUs are those that their drivers tell of; NVIDIA's are asked through the library that
comes with its driver. CUDA_VISIBLE_DEVICES counts. Nothing is installed, changed or sent.

Examples:
  lfmfit detect
  lfmfit detect --json
  lfmfit check qwen3-8b -c 32k --on local
  lfmfit --on local --total        as if nothing else used the memory
  lfmfit --on "local + rtx-3090"   with a second card

Exit code: 0, also where there is no GPU; 2 bad usage or bad data.)";

struct DetectOptions {
  bool total = false;
  OutputOptions output;
  DataOptions data;
};

}  // namespace

int run_detect(const Session& session) {
  DetectOptions options;
  CommandLine line("What this machine has: its GPUs, its processor, its RAM, and what of them is free.",
                   "lfmfit detect", kDetectExamples);
  add_total_option(line, options.total, "Output");
  line.flag("--json", options.output.json, "as JSON, schema lfmfit.detect/1", "Output");
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
  if (!line.read(session)) return kAnswered;
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::LocalFinder finder(catalog, session.environment.machine);
  const LocalMachine machine = finder.find(memory_count_of(options.total));
  session.out << (options.output.json ? render::json_text(render::detect_json(machine, LFMFIT_VERSION), 2)
                                      : render::detect_text(machine, terminal_of(options.output, session.environment)));
  return kAnswered;
}

}  // namespace lfmfit::cli
