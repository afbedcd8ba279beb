#include "render/fleet.hpp"

#include <array>
#include <filesystem>
#include <istream>
#include <ostream>

#include "ask/fleet_pools.hpp"
#include "ask/runtime_words.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/min_speed.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/byte_source.hpp"
#include "lfmfit/error.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kFleetAbout =
    R"(Which nodes of a cluster run MODEL, for how many users, how fast, and what is left;
and the files that its scheduler runs. docs/fleets.md tells the story.)";

constexpr const char* kFleetExamples =
    R"(FILE is what the cluster prints: `kubectl get nodes -o json` (and pods, which take
what they ask for), `kubectl get resourceslices -o json`, `scontrol show node --json`,
`nvidia-smi -q -x`, nvidia-smi's CSV, or a CSV of name,device,count,free_gib,ram_gib,pool.
A replica never spans nodes.

Exit code: 0 there is room for all users, 1 there is not, 2 bad usage or bad data.

Examples:
  kubectl get nodes -o json | lfmfit fleet lfm2-8b-a1b --inventory - --users 200 --context-each 8k --min-speed 20
  lfmfit fleet lfm2-8b-a1b llama-3.3-70b --inventory nodes.json --inventory pods.json --users 50
  lfmfit fleet lfm2-8b-a1b --inventory slurm.json --gpu a100=a100-sxm-40gb --emit slurm -o jobs/)";

constexpr std::int64_t kLongestInventory = 256 << 20;
constexpr std::size_t kMostModels = 100;

using Emit = std::vector<render::Manifest> (*)(const FleetPlan& plan);
constexpr std::array<std::pair<const char*, Emit>, 4> kForms = {{{"kubernetes", render::fleet_kubernetes},
                                                                 {"kserve", render::fleet_kserve},
                                                                 {"slurm", render::fleet_slurm},
                                                                 {"compose", render::fleet_compose}}};

struct FleetOptions {
  Asked asked;
  std::vector<std::string> models, inventories, gpus;
  std::string pool, emit, folder;
  std::optional<double> min_speed;
  OutputOptions output;
  DataOptions data;
};

void add_options(CommandLine& line, FleetOptions& options) {
  line.texts("MODEL", options.models, "models of `lfmfit list models`, or files", {.required = true});
  line.texts("--inventory", options.inventories, "what the cluster prints; - is standard input; repeatable",
             {.type = "FILE", .required = true});
  line.text("-q,--quant,--quantization", options.asked.quantization, "how the weights are stored",
            {.usual = ask::kUsualQuantization});
  line.number("--users", options.asked.users, "users at once of each model", {.usual = "1"});
  line.text("--context-each", options.asked.context_each, "tokens of context for each of them: 8k", {.usual = "4096"});
  add_min_speed_option(line, options.min_speed);
  line.text("--cache-type-k", options.asked.kv_type_k, "type of the cached keys (-ctk)",
            {.usual = ask::kUsualCacheType});
  line.text("--cache-type-v", options.asked.kv_type_v, "type of the cached values (-ctv)",
            {.usual = ask::kUsualCacheType});
  line.size("--reserve", options.asked.reserve, "to be left free on each GPU: 1GiB");
  line.text("--runtime", options.asked.runtime, "llama.cpp or vllm, or one release: llama.cpp@0.7, vllm@0.30",
            {.usual = "llama.cpp"});
  line.texts("--gpu", options.gpus, "what a product of the inventory is: a100=a100-sxm-40gb; repeatable",
             {.type = "NAME=DEVICE"});
  line.text("--pool", options.pool, "only this partition of Slurm, or pool of a list", {.type = "NAME"});
  line.text("--emit", options.emit, "print files instead: kubernetes, kserve, slurm or compose",
            {.group = "Output", .words = {"kubernetes", "kserve", "slurm", "compose"}});
  line.text("-o,--output", options.folder, "the folder to write them to", {.group = "Output", .type = "DIR"});
  line.flag("--json", options.output.json, "one line of JSON, schema lfmfit.fleet/1", "Output");
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
}

std::vector<InventoryText> read_texts(const FleetOptions& options, std::istream& in) {
  std::vector<InventoryText> texts;
  for (const std::string& path : options.inventories) {
    if (path != "-") {
      texts.push_back({path, read_all(*open_file(path), kLongestInventory)});
      continue;
    }
    std::string text;
    for (char block[1 << 16]; in.read(block, sizeof block) || in.gcount() > 0;) {
      text.append(block, static_cast<std::size_t>(in.gcount()));
      if (text.size() > static_cast<std::size_t>(kLongestInventory))
        throw Error(ErrorKind::kBadFile, "standard input is bigger than 256 MiB; that is no inventory");
    }
    texts.push_back({"standard input", std::move(text)});
  }
  return texts;
}

ask::PoolChoices choices_of(const FleetOptions& options) {
  ask::PoolChoices choices{{}, options.pool};
  for (const std::string& text : options.gpus) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
      throw Error(ErrorKind::kBadRequest, "--gpu '" + text + "' is no NAME=DEVICE; write a100=a100-sxm-40gb");
    choices.devices[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return choices;
}

/// What manifests may call a model: small letters, digits and hyphens, at most 40 of them.
std::string manifest_name(const std::string& id) {
  std::string name;
  for (const char c : id.substr(id.rfind('/') + 1)) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    name += upper ? static_cast<char>(c - 'A' + 'a') : plain ? c : '-';
  }
  name = name.substr(0, 40);
  const std::size_t first = name.find_first_not_of('-'), last = name.find_last_not_of('-');
  name = first == std::string::npos ? "model" : name.substr(first, last - first + 1);
  return name.front() >= '0' && name.front() <= '9' ? "m-" + name : name;
}

std::vector<FleetModel> models_of(const FleetOptions& options, ask::Finder& finder) {
  if (options.models.size() > kMostModels) throw Error(ErrorKind::kBadRequest, "a plan is of 100 models at most");
  std::vector<FleetModel> models;
  for (const std::string& name : options.models) {
    Asked asked = options.asked;
    asked.model = name;
    asked.users.reset();
    if (!asked.runtime) asked.runtime = std::string(ask::kLlamaCpp);  // whatever the environment prefers
    if (!asked.context_each) asked.context_each = Request{}.context.count();
    if (ask::parse_runtime(asked.runtime).name == ask::kMlx)
      throw Error(
          ErrorKind::kBadRequest,
          "a plan is of servers for many users, and MLX is worked out for one request at a time; take llama.cpp "
          "or vllm");
    if (ask::parse_runtime(asked.runtime).name == ask::kVllm) std::swap(asked.max_model_len, asked.context_each);
    FleetModel model;
    model.question = ask::question_of(asked, finder);
    if (model.question.longest_context)
      throw Error(ErrorKind::kBadRequest, "users need a context in tokens; give --context-each 8k, not fit");
    model.name = manifest_name(model.question.model->card.id);
    for (const FleetModel& other : models) {
      if (other.name == model.name) throw Error(ErrorKind::kBadRequest, "the model " + name + " is named twice");
    }
    model.users = options.asked.users.value_or(1);
    if (model.users < 1 || model.users > 1'000'000)
      throw Error(ErrorKind::kBadRequest, "--users must be from 1 to 1,000,000");
    model.min_speed = min_speed_of(options.min_speed);
    models.push_back(std::move(model));
  }
  return models;
}

void emit(const FleetPlan& plan, const FleetOptions& options, std::ostream& out) {
  std::vector<render::Manifest> manifests;
  for (const auto& [name, form] : kForms) {
    if (options.emit == name) manifests = form(plan);
  }
  if (options.folder.empty()) {
    if (manifests.size() > 1) {
      throw Error(ErrorKind::kBadRequest, "these are " + std::to_string(manifests.size()) +
                                              " files; name the folder to write them to with -o DIR");
    }
    for (const render::Manifest& manifest : manifests) out << manifest.text;
    return;
  }
  for (const render::Manifest& manifest : manifests) {
    const std::filesystem::path path = std::filesystem::path(options.folder) / manifest.file;
    write_file(path, manifest.text);
    out << render::printable(path.string()) << "\n";
  }
}

}  // namespace

int run_fleet(const Session& session) {
  FleetOptions options;
  CommandLine line(kFleetAbout, "lfmfit fleet", kFleetExamples);
  add_options(line, options);
  if (!line.read(session.args, session.out)) return kAnswered;
  if (!options.folder.empty() && options.emit.empty())
    throw Error(ErrorKind::kBadRequest, "-o names a folder for files; say which with --emit");
  const Inventory inventory = read_inventory(read_texts(options, session.in));
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  ask::Finder finder(catalog, session.environment.variables, session.environment.machine);
  std::vector<std::string> left_out;
  std::vector<FleetPool> pools = ask::pools_of(inventory, choices_of(options), finder, left_out);
  FleetPlan plan = plan_fleet(std::move(pools), models_of(options, finder));
  plan.left_out = std::move(left_out);
  if (!options.emit.empty()) {
    emit(plan, options, session.out);
  } else if (options.output.json) {
    session.out << render::json_text(render::fleet_json(plan, LFMFIT_VERSION));
  } else {
    session.out << render::fleet_text(plan, terminal_of(options.output, session.environment));
  }
  return plan.serves_all() ? kAnswered : kDoesNotFit;
}

}  // namespace lfmfit::cli
