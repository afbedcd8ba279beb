#include <CLI/CLI.hpp>

#include <ostream>
#include <string>

#include "cli/command.hpp"
#include "cli/open_file.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/page_site.hpp"
#include "cli/report_scope.hpp"
#include "cli/request_options.hpp"
#include "cli/run.hpp"
#include "lfmfit/error.hpp"
#include "render/model_page.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kAbout = R"(Writes one HTML file that says what MODEL needs and which hardware runs it. It needs
no network and no other file: open it, mail it, put it on any server.)";

constexpr const char* kExamples = R"(The page lets its reader choose quantization, context, cache type and slots; the
options say what it shows first.

Examples:
  lfmfit page -o lfm2.html --open
  lfmfit page llama-3.1-8b -q Q5_K_M -c 32k -o llama.html
  lfmfit page ./model.gguf -o -            # to standard output
  lfmfit page --all -o site/               # every model, and an index that finds them
  lfmfit page lfm2 --all -o site/          # those with lfm2 in their names)";

struct PageOptions {
  RequestOptions request;
  DataOptions data;
  std::string output;
  bool all = false;
  bool open = false;
};

void add_options(CLI::App& app, PageOptions& options) {
  add_request_options(app, options.request);
  app.add_option("-o,--output", options.output, "the file to write, - for standard output; with --all the folder")
      ->type_name("PATH")
      ->required()
      ->group("Output");
  app.add_flag("--all", options.all, "a page of every model of `lfmfit list models`, or of those with MODEL in their names, and index.html")->group("Output");
  app.add_flag("--open", options.open, "show it in the browser")->group("Output");
  add_data_options(app, options.data);
}

/// A page shows every state of a model on one GPU, and says nothing of what lies elsewhere.
void require_for_page(const RequestOptions& options) {
  const bool elsewhere = options.cpu_moe || options.n_cpu_moe != 0 || options.no_kv_offload || (options.gpu_layers != "all" && options.gpu_layers != "auto");
  if (elsewhere) throw Error(ErrorKind::kBadRequest, "a page is about a model whose layers are all on one GPU; leave out the options of placement");
  if (options.method != "exact") throw Error(ErrorKind::kBadRequest, "a page shows the exact method, and beside it what sites say; leave out --method");
  if (options.context == "fit") throw Error(ErrorKind::kBadRequest, "a page is of no device in particular; write a context of 4096, 32k, 1m or max");
  if (options.depth != RequestOptions().depth) throw Error(ErrorKind::kBadRequest, "a page shows the speed with an empty and with a full context; leave out --depth");
}

}  // namespace

int run_page(const Session& session) {
  PageOptions options;
  CLI::App app(kAbout, "lfmfit page");
  app.footer(kExamples);
  add_options(app, options);
  if (!read_options(app, session.args, session.out)) return kAnswered;
  require_for_page(options.request);
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ModelFinder models(catalog, session.environment.variables);
  std::filesystem::path shown = options.output;
  if (options.all) {
    const std::string part = app.count("MODEL") > 0 ? options.request.model : "";
    shown = write_site(options.request, part, catalog, models, options.output, session.out);
  } else {
    const std::string html = render::model_page_html(model_page(make_question(options.request, catalog, models, nullptr), catalog), {}, LFMFIT_VERSION);
    if (options.output == "-") session.out << html;
    else write_file(shown, html);
  }
  if (options.open) {
    if (options.output == "-") throw Error(ErrorKind::kBadRequest, "--open needs a file to show; give -o FILE");
    open_in_browser(shown);
  }
  return kAnswered;
}

}  // namespace lfmfit::cli
