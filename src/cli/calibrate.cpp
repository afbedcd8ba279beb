#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <ostream>
#include <string>

#include "ask/device_words.hpp"
#include "ask/local_device.hpp"
#include "cli/bench_match.hpp"
#include "cli/calibration_file.hpp"
#include "cli/command.hpp"
#include "cli/command_line.hpp"
#include "cli/options.hpp"
#include "cli/overlays.hpp"
#include "cli/run.hpp"
#include "lfmfit/calibration.hpp"
#include "lfmfit/error.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kCalibrateExamples =
    R"(Reads the output of llama-bench -o json, fits the constants of speed to it, and stores them for later answers about
that device. Each run counts only for what it is worth: what few runs cannot decide stays as it is known of such devices.

Example:
  llama-bench -m model.gguf -p 512 -n 128 -d 0,4096,16384 -o json | lfmfit calibrate

Exit code: 0 calibrated, 1 the constants known so far do as well, 2 bad usage or bad data.)";

constexpr std::size_t kLongestTable = 16U << 20;

struct CalibrateOptions {
  std::string on;
  bool dry_run = false;
  DataOptions data;
};

std::string read_all(std::istream& in) {
  std::string text;
  char piece[1 << 14];
  while (in.read(piece, sizeof piece), in.gcount() > 0) {
    text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (text.size() > kLongestTable)
      throw Error(ErrorKind::kBadFile, "standard input holds more than 16 MiB; that is no output of llama-bench");
  }
  if (text.empty()) throw Error(ErrorKind::kBadRequest, "nothing came in; pipe in the output of llama-bench -o json");
  return text;
}

/// The tests as runs, and what was left out.
struct Runs {
  std::vector<MeasuredRun> runs;
  std::vector<std::string> names;  ///< of the runs: "LFM2 1.2B Q4_K_M, decode at 4096"
  std::map<std::string, int> skipped;
};

std::string name_of(const BenchRun& test, const BenchModel& matched) {
  const std::string what =
      test.n_gen > 0 ? fmt::format("decode {}", test.n_gen) : fmt::format("prompt of {}", test.n_prompt);
  return fmt::format("{} {}, {} at {}", matched.model->card.name, matched.quantization->name, what, test.n_depth);
}

Runs match_runs(const std::vector<BenchRun>& tests, const Backend& backend, const Catalog& catalog) {
  Runs result;
  std::map<std::pair<std::int64_t, std::int64_t>, BenchModel> models;
  for (const BenchRun& test : tests) {
    const auto [place, is_new] = models.try_emplace({test.model_n_params, test.model_size});
    if (is_new) place->second = match_model(test, catalog);
    const std::string reason = test.backends != tests.front().backends || test.gpu_info != tests.front().gpu_info
                                   ? "it ran on another device"
                                   : reason_to_skip(test, *place->second.model, backend);
    if (!reason.empty()) {
      ++result.skipped[reason];
      continue;
    }
    result.runs.push_back(measured_run(test, place->second, backend, catalog));
    result.names.push_back(name_of(test, place->second));
  }
  return result;
}

std::string error_text(double error) { return fmt::format("{:.1f} %", 100 * error); }

/// What a calibration found, and what becomes of it.
std::string describe(const Calibration& calibration, const Runs& runs) {
  std::string text = fmt::format("Median error {} before, {} after; {} for runs left out of the fit\n",
                                 error_text(calibration.error_before), error_text(calibration.error_after),
                                 error_text(calibration.error_left_out));
  for (std::size_t i = 0; i < runs.runs.size(); ++i) {
    const CalibratedRun& run = calibration.runs[i];
    text += fmt::format("  {:44} measured {:8.1f}   before {:8.1f}   after {:8.1f} tok/s\n", runs.names[i],
                        runs.runs[i].measured.value(), run.before.value(), run.after.value());
  }
  if (!calibration.improves()) text += "  not kept: runs left out are not estimated better than before\n";
  return text;
}

struct Outcome {
  std::string text;
  std::optional<SpeedRow> row;  ///< unset: nothing worth keeping
};

Outcome calibrate_all(const Runs& runs, const SpeedTarget& target) {
  Outcome outcome;
  std::string left_out;
  for (const auto& [reason, count] : runs.skipped) left_out += fmt::format("Left out {}: {}\n", count, reason);
  if (runs.runs.empty()) throw Error(ErrorKind::kBadRequest, "no test can be calibrated with: " + left_out);
  const Calibration calibration = calibrate(runs.runs, target);
  outcome.text = describe(calibration, runs) + left_out;
  if (calibration.improves()) outcome.row = calibration.row;
  return outcome;
}

int finish(const Session& session, const CalibrateOptions& options, const SpeedTarget& target, const Outcome& outcome) {
  std::string text = fmt::format("{} on {}\n\n{}", target.device.name, target.backend.label, outcome.text);
  if (outcome.row && options.dry_run) text += "\n" + overlay_text(*outcome.row);
  if (outcome.row && !options.dry_run) {
    if (!session.environment.user_data)
      throw Error(ErrorKind::kBadRequest,
                  "there is no folder for your data; set HOME or XDG_DATA_HOME, or use --dry-run");
    const std::filesystem::path path =
        *session.environment.user_data / fmt::format("speed-{}-{}.json", target.backend.name, target.device.id);
    write_file(path, overlay_text(*outcome.row));
    text += fmt::format("\nStored in {}; later answers about this device use it and say so. Delete it to undo.\n",
                        path.string());
  }
  session.out << text;
  return outcome.row ? kAnswered : kDoesNotFit;
}

/// The device of `test`: by its name, and by this machine, on which it most likely ran, where several bear that name.
const Device& device_of(const BenchRun& test, const Backend& backend, const Catalog& catalog,
                        const Environment& environment) {
  if (!environment.machine) return match_device(test, backend, catalog);
  const LocalMachine here = ask::LocalFinder(catalog, environment.machine).find(ask::MemoryCount::kTotal);
  return match_device(test, backend, catalog, &here);
}

}  // namespace

int run_calibrate(const Session& session) {
  CalibrateOptions options;
  CommandLine line("Fits the constants of speed to your own machine.", "lfmfit calibrate", kCalibrateExamples);
  line.reads_input();
  line.text("--on", options.on,
            "the device that llama-bench ran on, where its name does not say; one of `lfmfit list devices`, or local",
            {.type = "DEVICE"});
  line.flag("--dry-run", options.dry_run, "print what would be stored, and store nothing");
  add_data_options(line, options.data);
  if (!line.read(session)) return kAnswered;
  const Catalog catalog(read_overlays(session.environment, options.data.folders));
  const std::vector<BenchRun> tests = read_llama_bench("standard input", read_all(session.in));
  const Backend& backend = match_backend(tests.front(), catalog);
  ask::DeviceFinder finder(catalog, session.environment.machine);
  const Device& device =
      options.on.empty() ? device_of(tests.front(), backend, catalog, session.environment) : finder.find(options.on);
  if (device.gpus > 1 || device.id == ask::kLocal)
    throw Error(ErrorKind::kBadRequest,
                "what is stored is about one device of the catalogue; name it with --on DEVICE");
  const Runs runs = match_runs(tests, backend, catalog);
  const SpeedTarget target{device, backend, catalog.speed()};
  return finish(session, options, target, calibrate_all(runs, target));
}

}  // namespace lfmfit::cli
