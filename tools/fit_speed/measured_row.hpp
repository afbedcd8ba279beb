#pragma once

#include <istream>
#include <string>
#include <vector>

#include "eras.hpp"
#include "lfmfit/calibration.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit::fit_speed {

/// One line of the table of measured speeds.
struct MeasuredRow {
  const Device* device = nullptr;
  const Model* model = nullptr;
  const Quantization* quantization = nullptr;
  const Backend* backend = nullptr;
  MeasuredRun run;
  HostMachine host{};
  std::string date;     ///< ISO, as far as known: "2025", "2026-03"
  std::string runtime;  ///< empty: llama.cpp's own benchmarks; "chat": a server that is talked to; "ollama"
  double weight = 1;    ///< in fits; 0: it shows errors only
  bool has_experts = false;
  bool on_host = false;  ///< parts lie in host memory

  SpeedTarget target(const SpeedConstants& constants) const {
    return {*device, *backend, constants, 1, SplitMode::kLayer, false, host};
  }
};

/// Reads the table of tests/truth/speed.csv; its heading names the columns. Names are those of `catalog`. Runs of one
/// model on one device share the weight of few rows. Chats, which sample and talk HTTP besides, count half;
/// prompts of random weights choose their experts oddly, and host memory is not the device's: they have no weight.
/// Throws Error(kBadFile) naming the line and what is wrong with it.
std::vector<MeasuredRow> read_rows(std::istream& table, const std::string& path, const Catalog& catalog);

/// The row of `constants` that holds for `row`.
std::size_t constants_of(const MeasuredRow& row, const SpeedConstants& constants);

/// Measured / estimated speed of `row` as of its date. `constants` is left as it was.
double ratio_of(const MeasuredRow& row, SpeedConstants& constants, const std::vector<Era>& eras);

}  // namespace lfmfit::fit_speed
