#include "render/plan.hpp"

#include <ostream>
#include <string>

#include "ask/candidates.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/commands_json.hpp"
#include "cli/commands_output.hpp"
#include "cli/device_plan.hpp"
#include "cli/min_speed.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kPlanAbout =
    R"(How to run MODEL on DEVICE: the best quantization that fits, the longest context of
each, what goes to the GPU, the cache type; and where nothing fits, the changes that
make it, cheapest first. Without a device: the least hardware that runs it well.)";

constexpr const char* kPlanExamples =
    R"(Each change is worked out anew and is the least of its kind: a step of context more,
the next better quantization, a layer more on the GPU do not fit.

Exit code: 0 something fits, 1 nothing does as asked, 2 bad usage or bad data.

Examples:
  lfmfit plan qwen3-14b --on rtx-3060 -c 32k
  lfmfit plan qwen3-30b-a3b --on "rtx-3060, ram=32GiB" --min-speed 20
  lfmfit plan lfm2-8b-a1b --on rtx-4060 --users 8 --context-each 8k
  lfmfit plan llama-3.3-70b -c 16k
  lfmfit plan qwen3-14b --on rtx-5090 --runtime vllm)";

struct PlanOptions {
  Asked asked;
  std::optional<double> min_speed;
  bool total = false;
  bool command = false;
  OutputOptions output;
  DataOptions data;
};

void add_options(CommandLine& line, PlanOptions& options) {
  line.text("--on", options.asked.device,
            "a device of `lfmfit list devices`, \"2x rtx-4090\", vram=24GiB,bandwidth=1008 or local",
            {.type = "DEVICE"});
  add_min_speed_option(line, options.min_speed);
  add_total_option(line, options.total);
  add_command_option(line, options.command);
  line.flag("--json", options.output.json, "one line of JSON, schema lfmfit.plan/1", "Output");
  add_terminal_options(line, options.output);
  add_request_options(line, options.asked);
  add_data_options(line, options.data);
}

int plan_on_device(const PlanOptions& options, ask::Finder& finder, const Session& session) {
  const Plan plan = device_plan(options.asked, min_speed_of(options.min_speed), finder);
  std::vector<ask::WrittenCommand> commands;
  if (options.command && plan.best) {
    const PlanRow& best = plan.rows[*plan.best];
    commands = ask::written_commands(options.asked, best.question, best.answer, finder);
  }
  render::Json json = render::plan_json(plan, LFMFIT_VERSION);
  if (!commands.empty()) json["commands"] = commands_json(commands);
  session.out << (options.output.json ? render::json_text(json)
                                      : render::plan_text(plan, terminal_of(options.output, session.environment)) +
                                            commands_text(commands));
  return plan.best ? kAnswered : kDoesNotFit;
}

int least_hardware(const PlanOptions& options, ask::Finder& finder, const Session& session) {
  const Question question = ask::question_of(options.asked, finder);
  require_exact(question);
  const Backend* backend = options.asked.backend ? question.backend : nullptr;
  const Report report = make_report(question, {{}, ask::driven_devices(finder.catalog, backend)});
  const std::optional<TokenRate> min_speed = min_speed_of(options.min_speed);
  const render::LeastHardware least{report, least_devices(report, min_speed), min_speed};
  session.out << (options.output.json
                      ? render::json_text(render::least_hardware_json(least, LFMFIT_VERSION))
                      : render::least_hardware_text(least, terminal_of(options.output, session.environment)));
  return least.devices.empty() ? kDoesNotFit : kAnswered;
}

}  // namespace

int run_plan(const Session& session) {
  PlanOptions options;
  CommandLine line(kPlanAbout, "lfmfit plan", kPlanExamples);
  add_options(line, options);
  if (!line.read(session)) return kAnswered;
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine,
                     memory_count_of(options.total));
  return options.asked.device ? plan_on_device(options, finder, session) : least_hardware(options, finder, session);
}

}  // namespace lfmfit::cli
