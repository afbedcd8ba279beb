#include "lfmfit/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <ostream>
#include <set>
#include <string>

#include "ask/candidates.hpp"
#include "ask/quantization_choice.hpp"
#include "ask/question.hpp"
#include "catalog/well_known.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/report_screen.hpp"
#include "cli/run.hpp"
#include "cli/version.hpp"
#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "render/csv.hpp"
#include "render/detect_text.hpp"
#include "render/json.hpp"
#include "render/markdown.hpp"
#include "render/report_text.hpp"
#include "render/screen.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kReportAbout = R"(Tells whether a language model fits on hardware, at which quantization and
context, how fast it runs, and why. The bytes are those that llama.cpp allocates;
the speeds come with the band that measurements lie in.

Commands:
  lfmfit [MODEL]               what MODEL needs, and which hardware runs it
  lfmfit check [MODEL] --on D  does it fit? exit code 0 yes, 1 no
  lfmfit check --contract F    do models keep what F asks of them on machines? for CI
  lfmfit plan [MODEL] --on D   the best quantization, context and placement; what would make it fit
  lfmfit fits DEVICE           which models run on it, best first
  lfmfit explain MODEL --on D  every term of memory and time, and what it rests on
  lfmfit list KIND             models, devices, quants, runtimes or architectures
  lfmfit inspect PATH          what a GGUF, a config.json or a folder of a model holds
  lfmfit batch                 JSON lines in, JSON lines out
  lfmfit page [MODEL] -o F     one HTML file to look at and share; --all: a site of every model
  lfmfit app -o F              lfmfit itself in one HTML file: any model, machine and setting, live
  lfmfit detect                this machine: its GPUs, processor and RAM; --on local means it
  lfmfit fleet MODEL... --inventory F   which nodes of a cluster run it, and their manifests
  lfmfit audit LOG             what llama.cpp, Ollama or vLLM allocated by its log, beside lfmfit
  lfmfit calibrate             fits the speeds to your machine, from llama-bench's JSON
  lfmfit completion SHELL      what completes all of this in bash, zsh or fish
  lfmfit help [COMMAND]        this, or what COMMAND takes

Examples:
  lfmfit --quant Q4_K_M --context 128k
  lfmfit llama-3.1-8b -q Q5_K_M -c 32k --vendor NVIDIA --top 20
  lfmfit lfm2-8b-a1b --on rtx-3060 --on "2x rtx-4090" -c fit
  lfmfit ./LFM2-1.2B-Q4_K_M.gguf --on rtx-3060
  lfmfit qwen3-8b -c 16k -ctk q8_0 -ctv q8_0 --segment laptop --json
  lfmfit check lfm2-2.6b -c max --on vram=8GiB,bandwidth=288 && echo yes)";

constexpr const char* kExitCodes =
    R"(Exit codes: 0 answered, 1 it does not fit (check), 2 bad usage or bad data.
What is not typed may be in a variable: LFMFIT_MODEL, LFMFIT_QUANT, LFMFIT_CONTEXT,
LFMFIT_ON (check, explain), LFMFIT_RAM and others that the README lists.)";

constexpr const char* kDevices = "Devices";

/// A way to print a report other than text for people: an option, and what it does.
struct Format {
  const char* option;
  const char* help;
  bool is_data;  ///< for programs: every device unless --top is given
  std::string (*print)(const Report& report, const render::ReportView& view);
};

const std::array<Format, 3> kFormats = {{
    {"--json", "as JSON, schema lfmfit.report/1; every device unless --top is given", true,
     [](const Report& report, const render::ReportView&) {
       render::Json json = render::report_json(report, LFMFIT_VERSION);
       json["catalog"] = catalog_json();
       return render::json_text(json, 2);
     }},
    {"--csv", "the devices as CSV; every device unless --top is given", true,
     [](const Report& report, const render::ReportView&) { return render::report_csv(report); }},
    {"--markdown", "as Markdown", false, render::report_markdown},
}};

struct ReportOptions {
  Asked asked;
  OutputOptions output;
  DataOptions data;
  std::vector<std::string> on;
  std::vector<std::string> vendors;
  std::vector<std::string> segments;
  std::array<bool, kFormats.size()> formats{};  ///< which are asked for
  std::string sort = "rank";
  std::int64_t top = 10;
  bool top_given = false;
  bool all = false;
  bool verbose = false;
  bool total = false;  ///< of "local", all memory counts
  bool version = false;
};

const std::map<std::string, DeviceOrder> kOrders = {
    {"rank", DeviceOrder::kRank},     {"speed", DeviceOrder::kDecode},      {"prefill", DeviceOrder::kPrefill},
    {"memory", DeviceOrder::kMemory}, {"headroom", DeviceOrder::kHeadroom}, {"bandwidth", DeviceOrder::kBandwidth},
    {"year", DeviceOrder::kYear},     {"name", DeviceOrder::kName}};

std::vector<std::string> names_of(const std::map<std::string, DeviceOrder>& orders) {
  std::vector<std::string> names;
  for (const auto& [name, order] : orders) names.push_back(name);
  return names;
}

void add_options(CommandLine& line, ReportOptions& options) {
  line.texts("--on", options.on,
             "only this device: one of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008, or local, "
             "this machine; several are compared side by side",
             {.group = kDevices, .type = "DEVICE", .takes_variable = false});
  add_total_option(line, options.total, kDevices);
  line.texts("--vendor", options.vendors, "only devices of this maker; repeatable", {.group = kDevices});
  line.texts(
      "--segment", options.segments, "only consumer, laptop, workstation, datacenter or edge; repeatable",
      {.group = kDevices, .words = {"consumer", "laptop", "workstation", "datacenter", "edge"}, .any_case = true});
  line.text("--sort", options.sort,
            "rank (verdict, then decode speed), speed, prefill, memory, headroom, bandwidth, year or name",
            {.group = kDevices, .shows_usual = true, .words = names_of(kOrders)});
  line.number("--top", options.top, "devices of each table",
              {.group = kDevices, .shows_usual = true, .range = {{0, 1'000'000}}, .given = &options.top_given});
  line.flag("--all", options.all, "every device, machines without a GPU, and every quantization", kDevices);
  line.flag("-v,--verbose", options.verbose,
            "all about the model, every usual quantization, the best devices of each kind, and what the figures mean",
            "Output");
  for (std::size_t i = 0; i < kFormats.size(); ++i)
    line.flag(kFormats[i].option, options.formats[i], kFormats[i].help, "Output");
  add_strict_option(line, options.output);
  add_terminal_options(line, options.output);
  add_request_options(line, options.asked);
  add_data_options(line, options.data);
  line.flag("-V,--version", options.version,
            "the version, the llama.cpp whose rules are followed, and the state of the catalogue");
}

/// No words: anything goes.
bool among(const std::string& word, const std::vector<std::string>& words) {
  return words.empty() ||
         std::any_of(words.begin(), words.end(), [&](const std::string& other) { return same_but_case(word, other); });
}

void require_known_vendors(const std::vector<std::string>& vendors, const Catalog& catalog) {
  if (vendors.empty()) return;
  std::set<std::string> known;
  for (const Device& device : catalog.devices()) known.insert(device.vendor);
  for (const std::string& vendor : vendors) {
    if (std::none_of(known.begin(), known.end(),
                     [&](const std::string& name) { return same_but_case(name, vendor); })) {
      throw Error(ErrorKind::kBadRequest,
                  fmt::format("no device is of vendor '{}'; there are {}", vendor, fmt::join(known, ", ")));
    }
  }
}

/// The devices that were asked for, or all that pass the filters and can be driven.
std::vector<ReportScope::Candidate> candidates(const ReportOptions& options, ask::Finder& finder) {
  const Catalog& catalog = finder.catalog;
  const Backend* asked = options.asked.backend ? &catalog.backend(*options.asked.backend) : nullptr;
  std::vector<ReportScope::Candidate> result;
  for (const std::string& text : options.on) {
    const Device& device = finder.devices.find(text);
    const Backend* backend = asked != nullptr ? asked : &catalog.backend(device.backend);
    ask::require_drives(*backend, device);
    result.push_back({&device, backend});
  }
  if (!options.on.empty()) return result;
  require_known_vendors(options.vendors, catalog);
  for (const ReportScope::Candidate& candidate : ask::driven_devices(catalog, asked)) {
    const Device& device = *candidate.device;
    if (among(device.vendor, options.vendors) && among(device.segment, options.segments)) result.push_back(candidate);
  }
  return result;
}

/// The longest context that fits all devices that were named.
Tokens context_for_all(Asked asked, const std::vector<std::string>& devices, ask::Finder& finder) {
  if (devices.empty()) {
    throw Error(ErrorKind::kBadRequest,
                "the longest context that fits depends on the device; name one with --on DEVICE");
  }
  std::vector<Tokens> longest;
  for (const std::string& device : devices) {
    asked.device = device;
    longest.push_back(estimate(ask::question_of(asked, finder)).request.context);
  }
  return *std::min_element(longest.begin(), longest.end());
}

/// Of devices that are not shown but counted, no speed is asked for.
void ask_speeds_of(const std::vector<const Device*>& shown, std::vector<ReportScope::Candidate>& candidates) {
  const auto is_shown = [&](const ReportScope::Candidate& candidate) {
    return std::find(shown.begin(), shown.end(), candidate.device) != shown.end();
  };
  if (std::none_of(candidates.begin(), candidates.end(), is_shown)) return;  // then the best of all are
  for (ReportScope::Candidate& candidate : candidates) candidate.speed = is_shown(candidate);
}

/// `shown`: the devices that the answer shows; empty: any.
Report answer(const ReportOptions& options, const std::vector<const Device*>& shown, ask::Finder& finder) {
  Asked asked = options.asked;
  if (!options.on.empty()) asked.device = options.on.front();
  asked = ask::with_best_quantization(asked, options.on, finder);
  Question question = ask::question_of(asked, finder);
  if (question.longest_context && options.on.size() != 1) {
    question.request.context = context_for_all(asked, options.on, finder);
    question.longest_context = false;
  }
  ReportScope scope{ask::table_rows(question, options.all, finder.catalog), candidates(options, finder)};
  ask_speeds_of(shown, scope.devices);
  scope.server = shown.empty();  // the first screen says nothing of it
  Report report = make_report(question, scope);
  if (const DeviceOrder order = kOrders.at(options.sort); order != DeviceOrder::kRank) {
    for (auto* rows : {&report.gpus, &report.unified, &report.cpus}) sort_rows(*rows, order);
  }
  return report;
}

void keep_top(Report& report, std::size_t top) {
  for (auto* rows : {&report.gpus, &report.unified, &report.cpus}) {
    if (rows->size() > top) rows->erase(rows->begin() + static_cast<std::ptrdiff_t>(top), rows->end());
  }
}

/// The format that was asked for; null: text for people.
const Format* format_of(const ReportOptions& options) {
  const Format* asked = nullptr;
  for (std::size_t i = 0; i < kFormats.size(); ++i) {
    if (!options.formats[i]) continue;
    if (asked != nullptr)
      throw Error(ErrorKind::kBadRequest, fmt::format("{} and {} are two ways to print one answer; give one of them",
                                                      asked->option, kFormats[i].option));
    asked = &kFormats[i];
  }
  return asked;
}

std::string rendered(Report report, const ReportOptions& options, const Format* format,
                     const Environment& environment) {
  const auto top = static_cast<std::size_t>(options.top);
  if (format != nullptr && format->is_data && options.top_given) keep_top(report, top);
  const bool everything = options.all || !options.on.empty();
  const render::ReportView view{everything && !options.top_given ? static_cast<std::size_t>(-1) : top,
                                everything || report.question.backend->is_cpu};
  if (format != nullptr) return format->print(report, view);
  return render::report_text(report, view, terminal_of(options.output, environment));
}

/// Where there is a GPU here, what the report's question comes to on it; else nothing.
std::string line_about_this_machine(const Report& report, const ReportOptions& options, const Session& session,
                                    const Catalog& catalog) {
  const std::optional<MachineSources>& sources = session.environment.machine;
  if (!sources || !may_have_gpu(*sources)) return {};
  const render::Terminal terminal = terminal_of(options.output, session.environment);
  const LocalMachine machine = ask::LocalFinder(catalog, sources).find(memory_count_of(options.total));
  if (std::none_of(machine.gpus.begin(), machine.gpus.end(), [](const LocalMachine::Gpu& gpu) { return gpu.is_used; }))
    return machine.notes.empty() ? std::string() : "This machine's GPU is not used: lfmfit detect says why\n";
  Question question = report.question;
  question.device = &machine.device;
  if (!options.asked.backend) question.backend = &catalog.backend(machine.device.backend);
  try {
    const Estimate answer = estimate(question);
    return render::this_machine_line(machine, &answer, terminal);
  } catch (const Error&) {  // the report was answered; that this GPU cannot be is no reason to fail
    return render::this_machine_line(machine, nullptr, terminal);
  }
}

/// Whether the devices were chosen in some other way than by their names: then the best of them are shown.
bool chooses(const ReportOptions& options) {
  return !options.vendors.empty() || !options.segments.empty() || options.sort != "rank" || options.top_given;
}

std::string first_screen(const Report& report, const ReportOptions& options, const Session& session,
                         ask::Finder& finder, std::vector<const Device*> well_known) {
  render::Screen screen;
  screen.top = static_cast<std::size_t>(options.top);
  if (options.on.empty()) {
    screen.this_machine = line_about_this_machine(report, options, session, finder.catalog);
    screen.well_known = std::move(well_known);
  } else {
    screen.named = named_answers(report, candidates(options, finder));
  }
  screen.nearest_misses = nearest_misses(report, finder);
  return render::screen_text(report, screen, terminal_of(options.output, session.environment));
}

}  // namespace

int run_report(const Session& session) {
  ReportOptions options;
  CommandLine line(kReportAbout, "lfmfit", kExitCodes);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  if (options.version) {
    session.out << version_text();
    return kAnswered;
  }
  const Format* format = format_of(options);
  const std::vector<Overlay> overlays = read_overlays(session.environment, options.data.folders);
  const Catalog catalog(overlays);
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  const bool is_brief = format == nullptr && !options.all && !options.verbose;
  std::vector<const Device*> well_known;
  if (is_brief && options.on.empty() && !chooses(options)) well_known = well_known_devices(catalog, overlays);
  const Report report = answer(options, well_known, finder);
  if (is_brief) {
    session.out << first_screen(report, options, session, finder, std::move(well_known))
                << strict_text(options.output, report.warnings);
  } else {
    session.out << rendered(report, options, format, session.environment);
    const std::string here = format == nullptr && options.on.empty()
                                 ? line_about_this_machine(report, options, session, catalog)
                                 : std::string();
    if (!here.empty()) session.out << "\n" + here;
  }
  return fails_strictly(options.output, report.warnings) ? kDoesNotFit : kAnswered;
}

}  // namespace lfmfit::cli
