#include <ostream>
#include <string>

#include "ask/question.hpp"
#include "ask/written_command.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/commands_json.hpp"
#include "cli/commands_output.hpp"
#include "cli/contract.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/pasted_line.hpp"
#include "cli/remedy_means.hpp"
#include "cli/run.hpp"
#include "cli/version.hpp"
#include "render/csv.hpp"
#include "render/fit_text.hpp"
#include "render/json.hpp"
#include "render/remedy_text.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kCheckExamples =
    R"(Exit code: 0 it fits on every DEVICE, 1 it does not or needs 4 GB or more of RAM that
nobody said is there (--ram), 2 bad usage or bad data.

Examples:
  lfmfit check --on rtx-3060
  lfmfit check llama-3.1-8b -q Q8_0 -c 32k --on rtx-4090 --on "MacBook Air M3 16GB"
  lfmfit check lfm2-24b-a2b -c fit --on vram=16GiB,bandwidth=672 --json
  lfmfit check qwen3-8b -c 32k -ctk q8_0 --on rtx-3060 --command     # and how to start it so
  lfmfit check --on rtx-3060 -- llama-server -m model.gguf -c 32768 -np 4 -ngl 20
  lfmfit check --contract fit.json      # many models and machines: --contract --help)";

struct CheckOptions {
  Asked asked;
  OutputOptions output;
  DataOptions data;
  std::vector<std::string> on;
  PastedLine pasted;
  bool command = false;
  bool total = false;
};

void add_options(CommandLine& line, CheckOptions& options) {
  line.texts("--on", options.on,
             "a device of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008 or local; repeatable",
             {.type = "DEVICE", .required = true});
  add_pasted_line_option(line, options.pasted);
  add_total_option(line, options.total);
  add_command_option(line, options.command);
  line.flag("--json", options.output.json, "one line of JSON for each device, schema lfmfit.estimate/1", "Output");
  line.flag("--csv", options.output.csv, "one line of CSV for each device under a header", "Output");
  add_strict_option(line, options.output);
  add_terminal_options(line, options.output);
  add_request_options(line, options.asked);
  add_data_options(line, options.data);
}

/// What was asked on one device, and what came of it.
struct Checked {
  ask::PastedQuestion asked;
  Question question;
  Estimate answer;
};

std::string checked_json(const Checked& checked, const std::vector<Remedy>& remedies, const ask::PastedCommand* pasted,
                         const std::vector<ask::WrittenCommand>& commands) {
  render::Json json = render::estimate_json(checked.question, checked.answer, nullptr);
  if (!remedies.empty()) json["changes"] = render::remedies_json(remedies);
  if (pasted != nullptr) json["command_line"] = pasted_json(*pasted, checked.asked.notes);
  if (!commands.empty()) json["commands"] = commands_json(commands);
  json["catalog"] = catalog_json();
  return render::json_text(json);
}

/// The answer as it is printed.
std::string answer_text(const CheckOptions& options, const Checked& checked, const ask::PastedCommand* pasted,
                        ask::Finder& finder, const render::Terminal& terminal) {
  const auto& [asked, question, answer] = checked;
  if (options.output.csv) return render::answer_csv(question, answer);
  const std::vector<Remedy> remedies = cheapest_remedies(question, answer, asked.asked, finder);
  std::vector<ask::WrittenCommand> commands;
  if (options.command) commands = ask::written_commands(asked.asked, question, answer, finder);
  if (options.output.json) return checked_json(checked, remedies, pasted, commands);
  std::string text =
      render::fit_text(question, answer, terminal) + render::remedies_text(remedies, kFitsWith, terminal);
  text += strict_text(options.output, answer.warnings);
  if (pasted != nullptr) text += pasted_text(*pasted, asked.notes, terminal.width);
  return text + commands_text(commands);
}

}  // namespace

int run_check(const Session& session) {
  if (asks_for_contract(session.args)) return run_contract(session);
  CheckOptions options;
  CommandLine line("Does MODEL fit on DEVICE?", "lfmfit check", kCheckExamples);
  add_options(line, options);
  std::vector<std::string> args = session.args;
  options.pasted.words = cut_behind_dashes(args);
  const Environment environment =
      has_pasted_line(options.pasted, args) ? without_usual_model(session.environment) : session.environment;
  if (!line.read(Session{args, session.in, session.out, environment})) return kAnswered;
  require_one_format(options.output);
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  const std::optional<ask::PastedCommand> pasted = read_pasted_line(options.pasted, options.asked, catalog, session.in);
  const render::Terminal terminal = terminal_of(options.output, session.environment);
  bool all_fit = true;
  std::string text = options.output.csv ? render::answers_csv_header() : "";
  for (const std::string& name : options.on) {
    options.asked.device = name;
    ask::PastedQuestion asked = pasted ? ask::asked_on(*pasted, name, finder) : ask::PastedQuestion{options.asked, {}};
    Question question = ask::question_of(asked.asked, finder);
    Estimate answer = estimate(question);
    const Checked checked{std::move(asked), std::move(question), std::move(answer)};
    all_fit = all_fit && fits(*checked.answer.fit) && !fails_strictly(options.output, checked.answer.warnings);
    text += answer_text(options, checked, pasted ? &*pasted : nullptr, finder, terminal);
  }
  session.out << text;
  return all_fit ? kAnswered : kDoesNotFit;
}

}  // namespace lfmfit::cli
