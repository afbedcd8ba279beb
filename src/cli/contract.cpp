#include "cli/contract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <ostream>

#include "ask/baseline_reader.hpp"
#include "ask/contract_answers.hpp"
#include "ask/contract_reader.hpp"
#include "cli/command_line.hpp"
#include "cli/contract_reports.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/byte_source.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/law.hpp"
#include "render/contract.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kContractAbout =
    R"(Do the models that FILE names keep what it asks of them on its machines? FILE is
lfmfit.contract.json in this folder unless named; docs/contracts.md describes it.)";

constexpr const char* kContractExamples =
    R"(Exit code: 0 all that is asked holds, 1 something does not, 2 the contract, a
model, a machine or a fact is bad, or a case cannot be answered.

In a job of GitHub's (GITHUB_ACTIONS) the annotations and the job's summary are
written as well.

Examples:
  lfmfit check --contract
  lfmfit check --contract fit.json --report junit=fit.xml --report sarif=fit.sarif
  lfmfit check --contract fit.json --write-baseline fit.baseline.json
  lfmfit check --contract fit.json --baseline fit.baseline.json)";

constexpr const char* kContractOption = "--contract";
constexpr const char* kUsualFile = "lfmfit.contract.json";
constexpr std::int64_t kLongestContract = 64 << 20;

using Results = render::ContractResults;

struct ContractOptions {
  bool contract = true;
  std::vector<std::string> files;
  std::string cases, baseline, write_baseline;
  std::vector<std::string> reports;
  bool no_fail = false, quiet = false;
  OutputOptions output;
  DataOptions data;
};

void add_options(CommandLine& line, ContractOptions& options) {
  line.flag(kContractOption, options.contract, "check contracts, not one model");
  line.texts("FILE", options.files, fmt::format("contracts; {} if none is named", kUsualFile), {.type = "FILE"});
  line.text("--case", options.cases, "only cases whose ids look like this: * stands for anything, ? for one character",
            {.type = "GLOB"});
  line.text("--baseline", options.baseline,
            "what the contract came to before: what did not hold then is known, what became worse fails",
            {.type = "FILE"});
  line.text("--write-baseline", options.write_baseline, "keep what it came to", {.type = "FILE"});
  line.texts(
      "--report", options.reports,
      "write it as json, junit, sarif, github, gitlab, tap or markdown to a file, which markdown is appended to; "
      "- is standard output; repeatable",
      {.group = "Output", .type = "FORMAT=FILE"});
  line.flag("--json", options.output.json, "the same as --report json=-", "Output");
  line.flag("--quiet", options.quiet, "no lines about cases that pass", "Output");
  line.flag("--no-fail", options.no_fail, "exit with 0 also where something does not hold", "Output");
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
}

/// "--contract=FILE" as "--contract FILE".
std::vector<std::string> with_apart(const std::vector<std::string>& args) {
  const std::string prefix = std::string(kContractOption) + "=";
  std::vector<std::string> apart;
  for (const std::string& arg : args) {
    const bool joined = arg.compare(0, prefix.size(), prefix) == 0;
    apart.push_back(joined ? kContractOption : arg);
    if (joined) apart.push_back(arg.substr(prefix.size()));
  }
  return apart;
}

/// Whether `text` looks like `glob`: '*' stands for anything, '?' for one character.
bool looks_like(const std::string& text, const std::string& glob) {
  std::size_t at = 0, in_glob = 0, star = std::string::npos, resume = 0;
  while (at < text.size()) {
    if (in_glob < glob.size() && (glob[in_glob] == '?' || glob[in_glob] == text[at]) && glob[in_glob] != '*') {
      ++at;
      ++in_glob;
    } else if (in_glob < glob.size() && glob[in_glob] == '*') {
      star = in_glob++;
      resume = at;
    } else if (star != std::string::npos) {
      in_glob = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return glob.find_first_not_of('*', in_glob) == std::string::npos;
}

void keep_cases(Contract& contract, const std::string& glob) {
  auto& cases = contract.cases;
  const auto differs = [&](const ContractCase& each) { return !looks_like(each.id, glob); };
  cases.erase(std::remove_if(cases.begin(), cases.end(), differs), cases.end());
}

/// Reads contracts and answers them; the faults of all of them are told together. Must outlive the results.
class Runner {
 public:
  Runner(const ContractOptions& options, const Environment& environment)
      : options_(options), environment_(environment) {}

  Results run() {
    for (const std::string& file : options_.files) {
      try {
        answer(file);
      } catch (const ask::FaultyContract& faulty) {
        faults_.insert(faults_.end(), faulty.lines().begin(), faulty.lines().end());
      }
    }
    if (!faults_.empty()) throw ask::FaultyContract(faults_);
    const bool none =
        std::all_of(results_.begin(), results_.end(), [](const auto& each) { return each.cases.empty(); });
    if (none) throw Error(ErrorKind::kBadRequest, "no case's id looks like '" + options_.cases + "'");
    return std::move(results_);
  }

 private:
  void answer(const std::string& file) {
    ask::Faults faults(file);
    Contract& contract = contracts_.emplace_back(
        ask::read_contract(file, read_all(*open_file(file), kLongestContract), LFMFIT_VERSION, faults));
    std::vector<std::string> folders = options_.data.folders;
    folders.insert(folders.end(), contract.data.begin(), contract.data.end());
    const Catalog catalog(read_overlays(environment_, folders));
    ask::Finder finder(catalog, environment_.variables, environment_.machine);
    if (faults.any()) ask::note_unknown_names(contract, finder, faults);
    faults.raise();
    if (!options_.cases.empty()) keep_cases(contract, options_.cases);
    results_.push_back(ask::answer_contract(contract, finder));
  }

  const ContractOptions& options_;
  const Environment& environment_;
  std::deque<Contract> contracts_;  ///< results point to them
  Results results_;
  std::vector<std::string> faults_;
};

void compare_with(const std::string& path, const ContractOptions& options, ContractResult& result) {
  Baseline baseline = ask::read_baseline(path, read_all(*open_file(path), kLongestContract));
  if (!options.cases.empty()) {
    for (auto each = baseline.cases.begin(); each != baseline.cases.end();)
      each = looks_like(each->first, options.cases) ? std::next(each) : baseline.cases.erase(each);
  }
  compare(result, baseline, LFMFIT_VERSION);
}

int exit_code(const Results& results, bool no_fail) {
  const auto counts = render::count_states(results);
  const auto any = [&](CaseState state) { return counts[static_cast<std::size_t>(state)] > 0; };
  if (any(CaseState::kError)) return kBadUse;
  return any(CaseState::kFail) && !no_fail ? kDoesNotFit : kAnswered;
}

}  // namespace

bool asks_for_contract(const std::vector<std::string>& args) {
  return std::any_of(args.begin(), args.end(),
                     [](const std::string& arg) { return arg.substr(0, arg.find('=')) == kContractOption; });
}

int run_contract(const Session& session) {
  ContractOptions options;
  CommandLine line(kContractAbout, "lfmfit check --contract", kContractExamples);
  add_options(line, options);
  if (!line.read(with_apart(session.args), session.out)) return kAnswered;
  if (options.files.empty()) options.files.emplace_back(kUsualFile);
  const ContractReports reports(options.reports, options.output.json, session.environment);
  const bool has_baseline = !options.baseline.empty() || !options.write_baseline.empty();
  if (has_baseline && options.files.size() > 1)
    throw Error(ErrorKind::kBadRequest, "a baseline belongs to one contract; check them one by one");
  Runner runner(options, session.environment);
  Results results = runner.run();
  if (!options.baseline.empty()) compare_with(options.baseline, options, results.front());
  const std::optional<std::string> asked = reports.write(results);
  if (!options.write_baseline.empty()) {
    write_file(options.write_baseline,
               render::baseline_text(baseline_of(results.front(), LFMFIT_VERSION), laws().front()->name));
  }
  const render::Terminal terminal = terminal_of(options.output, session.environment);
  session.out << (asked ? *asked
                        : render::contract_text(results, terminal, options.quiet) + reports.annotations(results));
  return exit_code(results, options.no_fail);
}

}  // namespace lfmfit::cli
