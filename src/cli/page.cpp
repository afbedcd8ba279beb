#include <ostream>
#include <string>
#include <vector>

#include "ask/question.hpp"
#include "ask/runtime_words.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/open_file.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/page_sheet.hpp"
#include "cli/page_site.hpp"
#include "cli/page_words.hpp"
#include "cli/run.hpp"
#include "lfmfit/error.hpp"
#include "render/model_page.hpp"
#include "render/style.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kPageAbout =
    R"(Writes one HTML file that says what MODEL needs and which hardware runs it. It needs
no network and no other file: open it, mail it, put it on any server.)";

constexpr const char* kPageExamples =
    R"(The page lets its reader choose quantization, context, cache type and slots; the
options say what it shows first.

Examples:
  lfmfit page -o lfm2.html --open
  lfmfit page llama-3.1-8b -q Q5_K_M -c 32k -o llama.html
  lfmfit page ./model.gguf -o -            # to standard output
  lfmfit page qwen3-8b --runtime vllm -o vllm.html   # on vLLM; or mlx
  lfmfit page --all -o site/               # every model, and an index that finds them
  lfmfit page lfm2 --all -o site/          # those with lfm2 in their names)";

struct PageOptions {
  Asked asked;
  DataOptions data;
  std::string output;
  std::vector<std::string> words;  ///< what was said besides the state
  bool all = false;
  bool open = false;
};

void add_options(CommandLine& line, PageOptions& options) {
  add_request_options(line, options.asked);
  line.text("-o,--output", options.output, "the file to write, - for standard output; with --all the folder",
            {.group = "Output", .type = "PATH", .required = true});
  line.flag("--all", options.all,
            "a page of every model of `lfmfit list models`, or of those with MODEL in their names, and index.html",
            "Output");
  line.flag("--open", options.open, "show it in the browser", "Output");
  add_data_options(line, options.data);
}

/// A page shows every state of a model on GPUs that hold all of it, and says nothing of what lies elsewhere.
void require_for_page(const Asked& asked) {
  const auto is = [](const auto& field, const char* word) { return !field || *field == NumberOrWord(word); };
  const Request& request = asked.request;
  const bool elsewhere = request.cpu_moe || !is(asked.n_cpu_moe, "0") || !request.offload_kqv ||
                         !asked.override_tensor.empty() ||
                         (!is(asked.gpu_layers, "all") && !is(asked.gpu_layers, "auto"));
  if (elsewhere)
    throw Error(ErrorKind::kBadRequest,
                "a page is about a model whose layers are all on one GPU; leave out the options of placement");
  if (asked.method && &law_called(*asked.method) != laws().front())
    throw Error(ErrorKind::kBadRequest,
                "a page shows the exact method, and beside it what sites say; leave out --method");
  if (asked.context && is(asked.context, "fit"))
    throw Error(ErrorKind::kBadRequest,
                "a page is of no device in particular; write a context of 4096, 32k, 1m or max");
  if (asked.like == "ollama")
    throw Error(ErrorKind::kBadRequest,
                "--like ollama chooses by the memory of a device, and a page is of no device in particular; write "
                "--context and --parallel");
  if (!is(asked.depth, "0"))
    throw Error(ErrorKind::kBadRequest,
                "a page shows the speed with an empty and with a full context; leave out --depth");
}

/// Whether another program than llama.cpp is asked about, whose answers stand on a sheet.
bool is_sheet(const PageOptions& options, const ask::Finder& finder) {
  const std::optional<std::string>& asked = options.asked.runtime;
  const std::string runtime = ask::parse_runtime(asked ? asked : finder.usual_runtime).name;
  if (runtime == ask::kLlamaCpp) return false;
  if (options.all)
    throw Error(ErrorKind::kBadRequest, "a site is about llama.cpp; `lfmfit page MODEL --runtime " + runtime +
                                            " -o FILE` makes a page of one model");
  return true;
}

void write_page(const std::string& html, const std::string& path, std::ostream& out) {
  if (path == "-") {
    out << html;
    return;
  }
  write_file(path, html);
  out << render::printable(path) << ": " << (html.size() + 500) / 1000 << " kB, opens in any browser\n";
}

}  // namespace

int run_page(const Session& session) {
  PageOptions options;
  CommandLine line(kPageAbout, "lfmfit page", kPageExamples);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  require_for_page(options.asked);
  if (options.output == "-" && (options.all || options.open)) {
    throw Error(ErrorKind::kBadRequest, "--all and --open need a path to write to; give -o PATH");
  }
  options.words = line.said(options_of_state());
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine);
  std::filesystem::path shown = options.output;
  if (is_sheet(options, finder)) {
    write_page(sheet_html(options.asked, options.words, finder), options.output, session.out);
  } else if (options.all) {
    shown = write_site(options.asked, options.words, finder, options.output, session.out);
  } else {
    const ModelPage page = model_page(options.asked, options.words, finder);
    write_page(render::model_page_html(page, {}, LFMFIT_VERSION), options.output, session.out);
  }
  if (options.open) open_in_browser(shown);
  return kAnswered;
}

}  // namespace lfmfit::cli
