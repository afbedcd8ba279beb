#include "measured_row.hpp"

#include <cmath>
#include <map>
#include <sstream>
#include <tuple>

#include "core/speed/fitted_constants.hpp"
#include "csv_line.hpp"

namespace lfmfit::fit_speed {

namespace {

constexpr const char* kHeading =
    "device,model,quantization,backend,question,depth,prompt,ubatch,requests,flags,gpu_layers,n_cpu_moe,ram_gb_s,"
    "threads,tok_s,date,runtime,source";
enum Column {
  kDevice,
  kModel,
  kQuantization,
  kBackend,
  kQuestion,
  kDepth,
  kPrompt,
  kUbatch,
  kRequests,
  kFlags,
  kGpuLayers,
  kCpuMoe,
  kRam,
  kThreads,
  kRate,
  kDate,
  kRuntime,
  kSource,
  kColumns
};
constexpr const char* kAll = "all";
constexpr const char* kRandomWeights = "random weights";

SpeedQuestion question_called(const CsvLine& line) {
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    if (line.cells[kQuestion] == name_of(static_cast<SpeedQuestion>(q))) return static_cast<SpeedQuestion>(q);
  }
  line.place.fail("question must be decode, prefill or throughput, not " + line.cells[kQuestion]);
}

std::int64_t number_or(const CsvLine& line, Column column, const char* name, std::int64_t fallback) {
  const std::string& cell = line.cells[column];
  return cell.empty() ? fallback : parse<std::int64_t>(cell, name, line.place);
}

/// Flags: "no-fa", "unified", "kv=q8_0".
void read_flags(const CsvLine& line, const Catalog& catalog, Request& request, CacheTypes& cache) {
  constexpr std::string_view kCache = "kv=";
  std::istringstream words(line.cells[kFlags]);
  for (std::string word; words >> word;) {
    if (word == "no-fa") {
      request.flash_attention = FlashAttention::kOff;
    } else if (word == "unified") {
      request.kv_unified = true;
    } else if (word.rfind(kCache, 0) == 0) {
      cache.k = cache.v = &catalog.tensor_type(word.substr(kCache.size()));
    } else {
      line.place.fail("flags are no-fa, unified and kv=TYPE, not " + word);
    }
  }
}

Request request_of(const CsvLine& line) {
  Request request;
  request.depth = Tokens(number_or(line, kDepth, "depth", 0));
  request.ubatch = number_or(line, kUbatch, "ubatch", request.ubatch);
  request.batch = std::max(request.batch, request.ubatch);
  if (!line.cells[kPrompt].empty()) request.prompt = number_or(line, kPrompt, "prompt", 0);
  request.parallel = number_or(line, kRequests, "requests", 1);
  request.gpu_layers = number_or(line, kGpuLayers, "gpu_layers", -1);
  request.cpu_moe = line.cells[kCpuMoe] == kAll;
  if (!request.cpu_moe) request.n_cpu_moe = number_or(line, kCpuMoe, "n_cpu_moe", 0);
  return request;
}

MeasuredRow read_row(const CsvLine& line, const Catalog& catalog) {
  MeasuredRow row;
  row.device = &catalog.device(line.cells[kDevice]);
  row.model = &catalog.model(line.cells[kModel]);
  row.quantization = &catalog.quantization(line.cells[kQuantization]);
  row.backend = &catalog.backend(line.cells[kBackend]);
  row.run.question = question_called(line);
  Request request = request_of(line);
  CacheTypes cache{&catalog.tensor_type("f16"), &catalog.tensor_type("f16")};
  read_flags(line, catalog, request, cache);
  row.run.requests = request.parallel;
  const double rate = parse<double>(line.cells[kRate], "tok_s", line.place);
  if (!(rate > 0)) line.place.fail("tok_s must be positive");
  row.run.measured = TokenRate(rate);
  row.run.workload = count_work(*row.model, quantize(*row.model, *row.quantization), request, cache,
                                row.backend->is_cpu, catalog.speed());
  if (!line.cells[kRam].empty()) row.host.bandwidth = gb_per_second(parse<double>(line.cells[kRam], "ram", line.place));
  if (!line.cells[kThreads].empty()) row.host.threads = number_or(line, kThreads, "threads", 0);
  row.date = line.cells[kDate];
  row.runtime = line.cells[kRuntime];
  row.on_host = !row.run.workload.host.empty();
  row.has_experts = row.run.workload.device.has_experts() || row.run.workload.host.has_experts();
  const bool random_prompt = row.run.question == SpeedQuestion::kPrefill && row.has_experts &&
                             line.cells[kSource].find(kRandomWeights) != std::string::npos;
  row.weight = row.on_host || random_prompt ? 0 : row.runtime.empty() ? 1 : 0.5;
  return row;
}

/// Runs of one model on one device count as the root of their number.
void share_weights(std::vector<MeasuredRow>& rows) {
  using Group = std::tuple<SpeedQuestion, const Device*, const Model*, const Backend*>;
  const auto group_of = [](const MeasuredRow& row) {
    return Group(row.run.question, row.device, row.model, row.backend);
  };
  std::map<Group, double> counts;
  for (const MeasuredRow& row : rows) counts[group_of(row)] += 1;
  for (MeasuredRow& row : rows) row.weight /= std::sqrt(counts[group_of(row)]);
}

}  // namespace

std::vector<MeasuredRow> read_rows(std::istream& table, const std::string& path, const Catalog& catalog) {
  std::vector<MeasuredRow> rows;
  for (const CsvLine& line : read_csv(table, path, kHeading, kColumns)) {
    try {
      rows.push_back(read_row(line, catalog));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kBadFile) throw;
      line.place.fail(error.what());
    }
  }
  share_weights(rows);
  return rows;
}

std::size_t constants_of(const MeasuredRow& row, const SpeedConstants& constants) {
  return static_cast<std::size_t>(&speed_row(constants, row.backend->name, *row.device) - constants.rows.data());
}

double ratio_of(const MeasuredRow& row, SpeedConstants& constants, const std::vector<Era>& eras) {
  SpeedRow& here = constants.rows[constants_of(row, constants)];
  const Coefficients today = here.coefficients;
  put_back(here, constants.rows, row.date, eras);
  const double ratio = speed::seconds_of(row.run, row.target(constants)) / speed::measured_seconds(row.run);
  here.coefficients = today;
  return ratio;
}

}  // namespace lfmfit::fit_speed
