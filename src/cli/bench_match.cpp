#include "cli/bench_match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

constexpr double kSameSize = 0.02;
constexpr double kSameWeights = 0.001;  // files count constants too, like the factors of rotary embeddings

double relative_difference(std::int64_t a, std::int64_t b) {
  return std::abs(static_cast<double>(a) - static_cast<double>(b)) / static_cast<double>(b);
}

bool is_named(const Backend& backend, const std::string& text) {
  const auto& names = backend.llama_bench_names;
  return contains_but_case(text, backend.name) || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
           return contains_but_case(text, name);
         });
}

/// The device called `name` that a GPU of `here` is, where all that are called so here are of one kind; null: none.
const Device* only_one_here(const std::string& name, const LocalMachine& here, const Catalog& catalog) {
  const Device* found = nullptr;
  for (const Device* device : catalog.devices_called(name)) {
    const bool is_here = std::any_of(here.gpus.begin(), here.gpus.end(), [&](const LocalMachine::Gpu& gpu) {
      return gpu.ids.size() == 1 && gpu.ids.front() == device->id;
    });
    if (is_here && found != nullptr) return nullptr;
    if (is_here) found = device;
  }
  return found;
}

}  // namespace

BenchModel match_model(const BenchRun& run, const Catalog& catalog) {
  BenchModel best;
  double difference = std::numeric_limits<double>::infinity();
  for (const Model& model : catalog.models()) {
    if (relative_difference(run.model_n_params, parameter_count(model)) > kSameWeights) continue;
    for (const Quantization& quantization : catalog.quantizations()) {
      const double here = relative_difference(total_bytes(quantize(model, quantization)).count(), run.model_size);
      if (here < difference) {
        best = {&model, &quantization};
        difference = here;
      }
      if (here == 0) return best;
    }
  }
  if (difference <= kSameSize) return best;
  throw Error(
      ErrorKind::kUnknownModel,
      fmt::format(
          "no model of the catalogue has {} weights in {} bytes ({}); add it with --data, or leave its tests out",
          run.model_n_params, run.model_size, run.model_type));
}

const Backend& match_backend(const BenchRun& run, const Catalog& catalog) {
  const Backend* found = nullptr;
  for (const Backend& backend : catalog.backends()) {
    // "MTL,BLAS" ran on the GPU: the libraries of the CPU count where no other backend is named
    if (is_named(backend, run.backends) && (found == nullptr || found->is_cpu)) found = &backend;
  }
  if (found != nullptr) return *found;
  throw Error(ErrorKind::kUnsupported,
              fmt::format("llama-bench ran on \"{}\", a backend that lfmfit has no constants for", run.backends));
}

const Device& match_device(const BenchRun& run, const Backend& backend, const Catalog& catalog,
                           const LocalMachine* here) {
  const std::string& info = backend.is_cpu && run.gpu_info.empty() ? run.cpu_info : run.gpu_info;
  const std::string name = info.substr(0, info.find(','));
  try {
    const Device* known = here == nullptr || name.empty() ? nullptr : only_one_here(name, *here, catalog);
    if (known != nullptr) return *known;
    if (!name.empty()) return catalog.device(name);
  } catch (const Error& error) {
    throw Error(ErrorKind::kUnknownDevice,
                fmt::format("llama-bench calls the device \"{}\": {}; name it with --on DEVICE", info, error.what()));
  }
  throw Error(ErrorKind::kUnknownDevice, "these tests do not name a GPU; name the device with --on DEVICE");
}

std::string reason_to_skip(const BenchRun& run, const Model& model, const Backend& backend) {
  const auto layers = static_cast<std::int64_t>(model.blocks.size());
  const bool all_layers = run.n_gpu_layers < 0 || run.n_gpu_layers > layers;
  if (run.n_prompt > 0 && run.n_gen > 0) return "prompt and answer are timed together";
  if (run.n_prompt == 0 && run.n_gen == 0) return "nothing is timed";
  if (run.embeddings || !model.has_output) return "it generates nothing";
  if (!backend.is_cpu && (!all_layers || run.n_cpu_moe > 0 || run.no_kv_offload)) return "parts lie in host memory";
  if (run.gpu_info.find(", ") != std::string::npos) return "it ran on several GPUs";
  return "";
}

MeasuredRun measured_run(const BenchRun& run, const BenchModel& matched, const Backend& backend,
                         const Catalog& catalog) {
  Request request;
  // tokens that are generated fill the cache, so that half of them lie before the one in the middle
  request.depth = Tokens(run.n_depth + run.n_gen / 2);
  request.batch = run.n_batch;
  request.ubatch = run.n_ubatch;
  if (run.n_prompt > 0) request.prompt = run.n_prompt;
  MeasuredRun result;
  result.question = run.n_gen > 0 ? SpeedQuestion::kDecode : SpeedQuestion::kPrefill;
  result.workload =
      count_work(*matched.model, quantize(*matched.model, *matched.quantization), request,
                 {&catalog.tensor_type(run.type_k), &catalog.tensor_type(run.type_v)}, backend.is_cpu, catalog.speed());
  result.measured = TokenRate(run.avg_ts);
  return result;
}

}  // namespace lfmfit::cli
