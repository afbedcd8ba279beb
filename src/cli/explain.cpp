#include <ostream>
#include <string>

#include "ask/question.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/remedy_means.hpp"
#include "cli/run.hpp"
#include "cli/version.hpp"
#include "lfmfit/improvements.hpp"
#include "render/explain_text.hpp"
#include "render/json.hpp"
#include "render/remedy_text.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kExplainExamples = R"(Examples:
  lfmfit explain --on rtx-3060 -q Q4_K_M -c 32k
  lfmfit explain qwen3-30b-a3b -ncmoe 40 --on rtx-4090 --depth 16k
  lfmfit explain ./model.gguf --on "MacBook Air M3 16GB" --json)";

struct ExplainOptions {
  Asked asked;
  OutputOptions output;
  DataOptions data;
  bool total = false;
};

void add_options(CommandLine& line, ExplainOptions& options) {
  line.text("--on", options.asked.device,
            "a device of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008 or local",
            {.type = "DEVICE", .required = true});
  add_total_option(line, options.total);
  line.flag("--json", options.output.json, "one line of JSON with the terms, schema lfmfit.estimate/1", "Output");
  add_strict_option(line, options.output);
  add_terminal_options(line, options.output);
  add_request_options(line, options.asked);
  add_data_options(line, options.data);
}

Alternatives alternatives_of(const Catalog& catalog) {
  Alternatives result;
  for (const Quantization& quantization : catalog.quantizations()) {
    if (quantization.listed) result.quantizations.push_back(&quantization);
  }
  result.cache_type = &catalog.tensor_type("q8_0");
  return result;
}

}  // namespace

int run_explain(const Session& session) {
  ExplainOptions options;
  CommandLine line(
      "Every term of MODEL's memory and time on DEVICE, with its formula and source, and what would make it faster.",
      "lfmfit explain", kExplainExamples);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  Question question = ask::question_of(options.asked, finder);
  question.explain = true;
  Estimate answer = estimate(question);
  add_improvements(question, alternatives_of(catalog), answer);
  const std::vector<Remedy> remedies = cheapest_remedies(question, answer, options.asked, finder);
  if (options.output.json) {
    render::Json json = render::estimate_json(question, answer, nullptr);
    if (!remedies.empty()) json["changes"] = render::remedies_json(remedies);
    json["catalog"] = catalog_json();
    session.out << render::json_text(json);
  } else {
    const render::Terminal terminal = terminal_of(options.output, session.environment);
    session.out << render::explain_text(question, answer, terminal)
                << render::remedies_text(remedies, kFitsWith, terminal) << strict_text(options.output, answer.warnings);
  }
  return fails_strictly(options.output, answer.warnings) ? kDoesNotFit : kAnswered;
}

}  // namespace lfmfit::cli
