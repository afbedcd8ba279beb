#include <ostream>
#include <string>

#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/inspection.hpp"
#include "lfmfit/reader_facts.hpp"
#include "render/inspection_text.hpp"
#include "render/json.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kInspectExamples =
    R"(Reads headers only, never weights. What can be read is shown even where the model in it is not understood.

Examples:
  lfmfit inspect LFM2-1.2B-Q4_K_M.gguf
  lfmfit inspect model-00001-of-00003.gguf --json
  lfmfit inspect ~/models/LFM2-1.2B

Exit code: 0 it was read, also where its model is not understood ("problem" in the JSON); 2 it cannot be read.)";

}  // namespace

int run_inspect(const Session& session) {
  std::string path;
  OutputOptions output;
  DataOptions data;
  CommandLine line("What a GGUF, a config.json or a folder of a model holds, and what lfmfit makes of it.",
                   "lfmfit inspect", kInspectExamples);
  line.text("PATH", path, "a file, any piece of a split one, or a folder", {.required = true});
  line.flag("--json", output.json, "as JSON, schema lfmfit.inspection/1", "Output");
  add_terminal_options(line, output);
  add_data_options(line, data);
  if (!line.read(session)) return kAnswered;
  const Catalog catalog(read_overlays(session.environment, data.folders));
  // Wrong facts are refused as such, not taken for a model that is not understood.
  (void)catalog.architectures();
  (void)catalog.gguf_traits();
  (void)catalog.config_keys();
  const Inspection inspection = inspect(path, reader_facts(catalog));
  session.out << (output.json ? render::json_text(render::inspection_json(inspection), 2)
                              : render::inspection_text(inspection, terminal_of(output, session.environment)));
  return kAnswered;
}

}  // namespace lfmfit::cli
