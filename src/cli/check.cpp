#include <ostream>
#include <string>

#include "ask/question.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/contract.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/remedy_means.hpp"
#include "cli/run.hpp"
#include "cli/version.hpp"
#include "render/csv.hpp"
#include "render/fit_text.hpp"
#include "render/json.hpp"
#include "render/remedy_text.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kExamples =
    R"(Exit code: 0 it fits on every DEVICE, 1 it does not or needs 4 GB or more of RAM that
nobody said is there (--ram), 2 bad usage or bad data.

Examples:
  lfmfit check --on rtx-3060
  lfmfit check llama-3.1-8b -q Q8_0 -c 32k --on rtx-4090 --on "MacBook Air M3 16GB"
  lfmfit check lfm2-24b-a2b -c fit --on vram=16GiB,bandwidth=672 --json
  lfmfit check --contract fit.json      # many models and machines: --contract --help)";

struct CheckOptions {
  Asked asked;
  OutputOptions output;
  DataOptions data;
  std::vector<std::string> on;
  bool total = false;
};

void add_options(CommandLine& line, CheckOptions& options) {
  line.texts("--on", options.on,
             "a device of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008 or local; repeatable",
             {.type = "DEVICE", .required = true});
  add_total_option(line, options.total);
  line.flag("--json", options.output.json, "one line of JSON for each device, schema lfmfit.estimate/1", "Output");
  line.flag("--csv", options.output.csv, "one line of CSV for each device under a header", "Output");
  add_strict_option(line, options.output);
  add_terminal_options(line, options.output);
  add_request_options(line, options.asked);
  add_data_options(line, options.data);
}

std::string answer_text(const Question& question, const Estimate& answer, const std::vector<Remedy>& remedies,
                        const OutputOptions& output, const render::Terminal& terminal) {
  if (output.csv) return render::answer_csv(question, answer);
  if (!output.json)
    return render::fit_text(question, answer, terminal) + render::remedies_text(remedies, kFitsWith, terminal);
  render::Json json = render::estimate_json(question, answer, nullptr);
  if (!remedies.empty()) json["changes"] = render::remedies_json(remedies);
  json["catalog"] = catalog_json();
  return render::json_text(json);
}

}  // namespace

int run_check(const Session& session) {
  if (asks_for_contract(session.args)) return run_contract(session);
  CheckOptions options;
  CommandLine line("Does MODEL fit on DEVICE?", "lfmfit check", kExamples);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  require_one_format(options.output);
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  const render::Terminal terminal = terminal_of(options.output, session.environment);
  bool all_fit = true;
  std::string text = options.output.csv ? render::answers_csv_header() : "";
  for (const std::string& name : options.on) {
    options.asked.device = name;
    const Question question = ask::question_of(options.asked, finder);
    const Estimate answer = estimate(question);
    all_fit = all_fit && fits(*answer.fit) && !(options.output.strict && !answer.warnings.empty());
    const std::vector<Remedy> remedies =
        options.output.csv ? std::vector<Remedy>{} : cheapest_remedies(question, answer, options.asked, finder);
    text += answer_text(question, answer, remedies, options.output, terminal);
  }
  session.out << text;
  return all_fit ? kAnswered : kDoesNotFit;
}

}  // namespace lfmfit::cli
