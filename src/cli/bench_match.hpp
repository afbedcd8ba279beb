#pragma once

#include <string>
#include <vector>

#include "lfmfit/calibration.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/this_machine.hpp"
#include "readers/llama_bench.hpp"

namespace lfmfit::cli {

/// A model as a test of llama-bench names it, by number of weights and bytes.
struct BenchModel {
  const Model* model = nullptr;
  const Quantization* quantization = nullptr;
};

/// The model of the catalogue with as many weights as `run` says, in the quantization with as many bytes; where none
/// has exactly as many, the nearest within 2 %. Throws Error(kUnknownModel) when there is none.
BenchModel match_model(const BenchRun& run, const Catalog& catalog);

/// The backend of `run`. Throws Error(kUnsupported) for one that has no row.
const Backend& match_backend(const BenchRun& run, const Catalog& catalog);

/// The device of `run`, by the name its driver gives, of a run on the CPU by the processor's. Where devices of several
/// sizes bear the name, the one that `here` has decides; null: that is not known. Throws Error(kUnknownDevice) where
/// that names no single device.
const Device& match_device(const BenchRun& run, const Backend& backend, const Catalog& catalog,
                           const LocalMachine* here = nullptr);

/// Why `run` says nothing about one device that does all of the work; empty: it does.
std::string reason_to_skip(const BenchRun& run, const Model& model, const Backend& backend);

/// `run` for calibrate.
MeasuredRun measured_run(const BenchRun& run, const BenchModel& matched, const Backend& backend,
                         const Catalog& catalog);

}  // namespace lfmfit::cli
