#include "render/fits.hpp"

#include <ostream>
#include <string>

#include "ask/question.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/fits_list.hpp"
#include "cli/min_speed.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kFitsAbout =
    R"(Which models run on DEVICE, each at its best quantization, best first: those that run
well before those that are tight, the larger before the smaller, among equals the newest.)";

constexpr const char* kFitsExamples = R"(Examples:
  lfmfit fits rtx-3060
  lfmfit fits local --min-speed 20 -c 16k
  lfmfit fits "rtx-4060-laptop, ram=32GiB" --task code
  lfmfit fits "MacBook Air M3 16GB" --family lfm2 --json

Exit code: 0 some model runs, 1 none does, 2 bad usage or bad data.)";

struct FitsOptions {
  Asked asked;
  std::string device, family, task;
  std::optional<double> min_speed;
  std::int64_t top = 15;
  bool top_given = false, all = false, total = false;
  OutputOptions output;
  DataOptions data;
};

void add_options(CommandLine& line, FitsOptions& options) {
  line.text("DEVICE", options.device,
            "a device of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008 or local",
            {.required = true});
  add_min_speed_option(line, options.min_speed);
  line.text("-c,--context,--ctx-size", options.asked.context,
            "tokens of context: 4096 (the default), 16k, max (all that each model can)");
  line.number("--users", options.asked.users, "requests at once: as many slots");
  line.text("--context-each", options.asked.context_each, "tokens of context for each of them: 8k");
  line.text("--cache-type-k", options.asked.kv_type_k, "type of the cached keys (-ctk)",
            {.usual = ask::kUsualCacheType});
  line.text("--cache-type-v", options.asked.kv_type_v, "type of the cached values (-ctv)",
            {.usual = ask::kUsualCacheType});
  line.size("--ram", options.asked.ram, "memory beside the GPU: 64GiB");
  line.size("--reserve", options.asked.reserve, "to be left free on each GPU: 1GiB");
  line.text("--backend", options.asked.backend, "llama.cpp's backend; the device's usual one if not given");
  line.text("--runtime", options.asked.runtime, "llama.cpp or vllm, or one release: llama.cpp@0.7",
            {.usual = "llama.cpp"});
  line.text("--family", options.family, "only models whose family, publisher or id has this in it: lfm2, qwen3");
  line.text("--task", options.task,
            "only models made for it: text, code, math, reasoning, vision, audio, tools, extraction, embedding, "
            "reranking");
  add_total_option(line, options.total);
  line.number("--top", options.top, "so many of them",
              {.group = "Output", .shows_usual = true, .range = {{1, 100'000}}, .given = &options.top_given});
  line.flag("--all", options.all, "all of them", "Output");
  line.flag("--json", options.output.json, "one line of JSON, schema lfmfit.fits/1; all unless --top is given",
            "Output");
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
}

/// How many are shown; unset: all.
std::optional<std::size_t> most_shown(const FitsOptions& options) {
  const bool everything = options.all || (options.output.json && !options.top_given);
  return everything ? std::nullopt : std::optional(static_cast<std::size_t>(options.top));
}

}  // namespace

int run_fits(const Session& session) {
  FitsOptions options;
  CommandLine line(kFitsAbout, "lfmfit fits", kFitsExamples);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  FitsAsked wanted{options.asked, options.family, options.task, min_speed_of(options.min_speed), most_shown(options)};
  wanted.asked.device = options.device;
  const std::vector<Overlay> overlays = read_overlays(session.environment, options.data.folders);
  const Catalog catalog(overlays);
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  const render::FitsList list = fits_list(wanted, overlays, finder);
  session.out << (options.output.json ? render::json_text(render::fits_json(list, LFMFIT_VERSION))
                                      : render::fits_text(list, terminal_of(options.output, session.environment)));
  return !list.rows.empty() ? kAnswered : kDoesNotFit;
}

}  // namespace lfmfit::cli
