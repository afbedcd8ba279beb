#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>
#include <vector>

#include "ask/quantization_words.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "render/csv.hpp"
#include "render/inspection_text.hpp"
#include "render/json.hpp"
#include "render/lists.hpp"
#include "render/mlx_lists.hpp"
#include "render/vllm_lists.hpp"
#include "system/local_models.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kListExamples = R"(Examples:
  lfmfit list models lfm2
  lfmfit list devices "rtx 30"
  lfmfit list devices rtx-4090
  lfmfit list quants --json
  lfmfit list models --local)";

struct ListOptions {
  std::string kind;
  std::string part;
  bool local = false;
  OutputOptions output;
  DataOptions data;
};

const std::string& id_of(const LocalModel& model) { return model.name; }
const std::string& id_of(const Model& model) { return model.card.id; }
const std::string& id_of(const Device& device) { return device.id; }
const std::string& id_of(const Quantization& quantization) { return quantization.name; }
const std::string& id_of(const Backend& backend) { return backend.name; }
const std::string& id_of(const Architecture& architecture) { return architecture.name; }
std::string id_of(const VllmVersion& version) { return "vllm@" + version.name; }

std::string name_of(const Model& model) { return model.card.name; }
std::string name_of(const Device& device) { return device.name; }
std::string name_of(const Backend& backend) { return backend.label; }
template <class Row>
std::string name_of(const Row&) {
  return {};
}

/// The rows whose id or name contains `part`, case aside.
template <class Row>
std::vector<const Row*> matching(const std::vector<Row>& rows, const std::string& part) {
  std::vector<const Row*> result;
  for (const Row& row : rows) {
    if (contains_but_case(id_of(row) + "\n" + name_of(row), part)) result.push_back(&row);
  }
  return result;
}

/// For programs: CSV or JSON.
std::string data_text(const render::Json& rows, const ListOptions& options) {
  return options.output.csv ? render::list_csv(rows) : render::json_text(rows, 2);
}

/// The list as text: as a table, or for programs.
template <class Row>
std::string listing(const std::vector<Row>& rows, const ListOptions& options, const render::Terminal& terminal,
                    render::TextTable (*table)(const std::vector<const Row*>&),
                    render::Json (*json)(const std::vector<const Row*>&)) {
  const std::vector<const Row*> shown = matching(rows, options.part);
  if (options.output.json || options.output.csv) return data_text(json(shown), options);
  if (shown.empty())
    throw Error(ErrorKind::kBadRequest, "none of the " + options.kind + " has '" + options.part + "' in its name");
  return table(shown).text(terminal);
}

/// The device of exactly that id, else those with `part` in their id or name where they are several, else the one that
/// is called so.
std::vector<const Device*> devices_called(const Catalog& catalog, const std::string& part) {
  for (const Device& device : catalog.devices()) {
    if (device.id == part) return {&device};
  }
  std::vector<const Device*> found = matching(catalog.devices(), part);
  if (found.size() > 1) return found;
  try {
    return {&catalog.device(part)};  // "NVIDIA T4" is a part of another one's name
  } catch (const Error&) {
    if (found.empty()) throw;
    return found;
  }
}

std::string list_devices(const Catalog& catalog, const ListOptions& options, const render::Terminal& terminal) {
  const std::vector<const Device*> devices = devices_called(catalog, options.part);
  if (options.output.json || options.output.csv) return data_text(render::devices_json(devices), options);
  return devices.size() == 1 ? render::device_text(*devices.front(), terminal)
                             : render::devices_table(devices).text(terminal);
}

/// llama.cpp on each backend, then vLLM's releases, then MLX.
std::string list_runtimes(const Catalog& catalog, const ListOptions& options, const render::Terminal& terminal) {
  const std::vector<const Backend*> backends = matching(catalog.backends(), options.part);
  const std::vector<const VllmVersion*> versions = matching(catalog.vllm().versions, options.part);
  const MlxFacts& mlx = catalog.mlx();
  const bool shows_mlx = contains_but_case("mlx@" + mlx.version, options.part);
  if (options.output.json || options.output.csv) {
    render::Json json = render::backends_json(backends);
    for (render::Json& version : render::vllm_versions_json(versions)) json.push_back(std::move(version));
    if (shows_mlx) json.push_back(render::mlx_json(mlx));
    return data_text(json, options);
  }
  if (backends.empty() && versions.empty() && !shows_mlx)
    throw Error(ErrorKind::kBadRequest, "none of the runtimes has '" + options.part + "' in its name");
  std::string text = backends.empty() ? "" : render::backends_table(backends).text(terminal);
  if (!versions.empty())
    text += (text.empty() ? "" : "\n") + render::vllm_versions_table(versions).text(terminal) +
            render::vllm_forms_text(catalog.checkpoint_forms(), terminal);
  if (shows_mlx) text += (text.empty() ? "" : "\n") + render::mlx_text(mlx, terminal);
  return text;
}

/// The models in other tools' stores on this machine.
std::string list_local(const Environment& environment, const ListOptions& options, const render::Terminal& terminal) {
  if (options.kind != "models") throw Error(ErrorKind::kBadRequest, "--local goes with models only");
  const std::vector<LocalModel> models = find_local_models(environment.variables);
  if (models.empty() && !options.output.json && !options.output.csv)
    return "no models of Hugging Face, Ollama, LM Studio or llama.cpp on this machine\n";
  return listing(models, options, terminal, render::local_models_table, render::local_models_json);
}

std::string list(const Catalog& catalog, const ListOptions& options, const render::Terminal& terminal) {
  if (options.kind == "models")
    return listing(catalog.models(), options, terminal, render::models_table, render::models_json);
  if (options.kind == "devices") return list_devices(catalog, options, terminal);
  if (options.kind == "quants")
    return listing(ask::named_quantizations(catalog), options, terminal, render::quantizations_table,
                   render::quantizations_json);
  if (options.kind == "runtimes") return list_runtimes(catalog, options, terminal);
  return listing(catalog.architectures(), options, terminal, render::architectures_table, render::architectures_json);
}

}  // namespace

int run_list(const Session& session) {
  ListOptions options;
  CommandLine line("Lists what lfmfit knows.", "lfmfit list", kListExamples);
  line.text("KIND", options.kind, "models, devices, quants, runtimes or architectures",
            {.required = true, .words = {"models", "devices", "quants", "runtimes", "architectures"}});
  line.text("PART", options.part, "only those with this in their id or name; one device is shown in full");
  line.flag("--json", options.output.json, "as a JSON array", "Output");
  line.flag("--csv", options.output.csv, "as CSV", "Output");
  line.flag(
      "--local", options.local,
      "models that Hugging Face, Ollama, LM Studio and llama.cpp keep on this machine; their names work as MODEL");
  add_terminal_options(line, options.output);
  add_data_options(line, options.data);
  if (!line.read(session)) return kAnswered;
  require_one_format(options.output);
  if (options.local) {
    session.out << list_local(session.environment, options, terminal_of(options.output, session.environment));
    return kAnswered;
  }
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  session.out << list(catalog, options, terminal_of(options.output, session.environment));
  return kAnswered;
}

}  // namespace lfmfit::cli
