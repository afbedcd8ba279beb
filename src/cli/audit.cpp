#include "render/audit.hpp"

#include <fstream>
#include <ostream>
#include <string>

#include "ask/log_audit.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/pasted_line.hpp"
#include "cli/remedy_means.hpp"
#include "cli/run.hpp"
#include "lfmfit/error.hpp"
#include "readers/load_log.hpp"
#include "render/remedy_text.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kAuditAbout =
    "What a log of llama.cpp, Ollama or vLLM says was allocated, beside what lfmfit says: term by term, with the "
    "likely "
    "cause of each difference. What the log does not tell (-ot, -ncmoe, a model of another name) options say.";

constexpr const char* kAuditExamples = R"(Examples:
  lfmfit audit server.log
  journalctl -u ollama -n 2000 | lfmfit audit - --model qwen3:8b
  lfmfit audit server.log --json --save rows.jsonl
  lfmfit audit server.log -- llama-server -m model.gguf -ncmoe 24 -np 4)";

struct AuditOptions {
  std::string log;
  Asked asked;
  PastedLine pasted;
  OutputOptions output;
  DataOptions data;
  std::string save;
};

void add_options(CommandLine& line, AuditOptions& options) {
  line.text("LOG", options.log, "the log's file; - reads standard input", {.required = true});
  line.text("--model", options.asked.model, "the model, where the log names none that lfmfit knows");
  line.text("--on", options.asked.device, "the machine, where the log does not name it", {.type = "DEVICE"});
  add_request_options(line, options.asked);
  add_pasted_line_option(line, options.pasted);
  line.flag("--json", options.output.json, "one line of JSON, schema lfmfit.audit/1", "Output");
  line.text("--save", options.save, "append the log's terms to FILE, as rows of tests/truth are",
            {.group = "Output", .type = "FILE"});
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
}

LoadLog read_log(const std::string& path, std::istream& in) {
  if (path == "-") return read_load_log(in, "standard input");
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorKind::kBadFile, path + ": no such file, or it cannot be read");
  return read_load_log(file, path);
}

void save(const Audit& audit, const std::string& path) {
  std::ofstream file(path, std::ios::app);
  file << render::json_text(render::audit_row(audit));
  file.flush();
  if (!file) throw Error(ErrorKind::kBadFile, path + ": the row could not be written; is the folder there?");
}

}  // namespace

int run_audit(const Session& session) {
  AuditOptions options;
  CommandLine line(kAuditAbout, "lfmfit audit", kAuditExamples);
  add_options(line, options);
  std::vector<std::string> args = session.args;
  options.pasted.words = cut_behind_dashes(args);
  const Environment environment = without_usual_model(session.environment);
  if (!line.read(Session{args, session.in, session.out, environment})) return kAnswered;
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine);
  const LoadLog log = read_log(options.log, session.in);
  Asked base = options.asked;
  if (const auto pasted = read_pasted_line(options.pasted, base, catalog, session.in)) base = pasted->fields.asked;
  const std::string name = options.log == "-" ? "log" : options.log;
  const Audit audit = ask::audit_of(log, name, base, finder);
  if (!options.save.empty()) save(audit, options.save);
  std::vector<Remedy> remedies;
  if (audit.failure && audit.answer.fit)
    remedies = cheapest_remedies(audit.question, audit.answer, audit.asked, finder);
  if (options.output.json) {
    render::Json json = render::audit_json(audit);
    if (!remedies.empty()) json["changes"] = render::remedies_json(remedies);
    session.out << render::json_text(json);
  } else {
    const render::Terminal terminal = terminal_of(options.output, session.environment);
    session.out << render::audit_text(audit, terminal) + render::remedies_text(remedies, kFitsWith, terminal);
  }
  return kAnswered;
}

}  // namespace lfmfit::cli
