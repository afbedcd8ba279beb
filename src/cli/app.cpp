#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog_stamp.hpp"
#include "cli/app_file.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/open_file.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/error.hpp"
#include "render/style.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kAppAbout =
    R"(Writes lfmfit itself as one HTML file: any model on any machine in any setting, live.
It needs no network, no server and no other file, and what its reader enters or drops
there leaves it never.)";

constexpr const char* kAppExamples = R"(The file holds the facts that this program was built with and your own.

Examples:
  lfmfit app -o lfmfit.html --open
  lfmfit app --data lab/ -o lfmfit.html    # with further models and devices
  lfmfit app -o - >lfmfit.html)";

struct AppOptions {
  DataOptions data;
  std::string output;
  bool open = false;
};

}  // namespace

int run_app(const Session& session) {
  AppOptions options;
  CommandLine line(kAppAbout, "lfmfit app", kAppExamples);
  line.text("-o,--output", options.output, "the file to write, - for standard output",
            {.group = "Output", .type = "PATH", .required = true});
  line.flag("--open", options.open, "show it in the browser", "Output");
  add_data_options(line, options.data);
  if (!line.read(session.args, session.out)) return kAnswered;
  if (options.output == "-" && options.open)
    throw Error(ErrorKind::kBadRequest, "--open needs a path to write to; give -o PATH");
  const std::vector<Overlay> overlays = read_overlays(session.environment, options.data.folders);
  const Catalog catalog(overlays);  // tells now what is wrong with them
  catalog.models();
  catalog.devices();
  const std::string html = app_with(read_app(session.environment.program, LFMFIT_VERSION, catalog_stamp().hash), overlays);
  if (options.output == "-") {
    session.out << html;
    return kAnswered;
  }
  write_file(options.output, html);
  session.out << render::printable(options.output) << ": " << (html.size() + 500) / 1000
              << " kB, opens in any browser of 2023 or newer\n";
  if (options.open) open_in_browser(options.output);
  return kAnswered;
}

}  // namespace lfmfit::cli
