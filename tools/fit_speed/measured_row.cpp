#include "measured_row.hpp"

#include <charconv>
#include <cmath>
#include <map>
#include <tuple>

#include "core/speed/laws.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::fit_speed {

using namespace speed;

namespace {

constexpr const char* kHeading = "device,model,quantization,backend,kind,depth,prompt,ubatch,tok_s,runs,date,source";
constexpr std::size_t kColumns = 12;
constexpr const char* kNewKernels = "2025";
constexpr double kOldDecodeWeight = 0.4, kOldPrefillWeight = 0.3;

[[noreturn]] void fail(const std::string& path, int line, const std::string& problem) {
  throw Error(ErrorKind::kBadFile, path + ":" + std::to_string(line) + ": " + problem);
}

/// The cells of a line; one in quotes may hold commas and doubled quotes.
std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') {
      if (quoted && i + 1 < line.size() && line[i + 1] == '"')
        cells.back() += line[++i];
      else
        quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

template <class Number>
Number parse(const std::string& cell, const std::string& column, const std::string& path, int line) {
  Number value{};
  const auto result = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (result.ec != std::errc() || result.ptr != cell.data() + cell.size())
    fail(path, line, column + " is no number: " + cell);
  return value;
}

MeasuredRow read_row(const std::vector<std::string>& cells, const Catalog& catalog, const std::string& path, int line) {
  MeasuredRow row;
  row.device = &catalog.device(cells[0]);
  row.model = &catalog.model(cells[1]);
  row.quantization = &catalog.quantization(cells[2]);
  row.backend = &catalog.backend(cells[3]);
  if (cells[4] != "decode" && cells[4] != "prefill")
    fail(path, line, "kind must be decode or prefill, not " + cells[4]);
  row.law = cells[4] == "decode" ? SpeedLawKind::kDecode : SpeedLawKind::kPrefill;
  row.depth = Tokens(parse<std::int64_t>(cells[5], "depth", path, line));
  const bool has_prompt = row.law == SpeedLawKind::kPrefill;
  if (has_prompt == cells[6].empty() || has_prompt == cells[7].empty())
    fail(path, line, "prompt and ubatch belong to prefill, and only there");
  if (has_prompt) {
    row.prompt = parse<std::int64_t>(cells[6], "prompt", path, line);
    row.ubatch = parse<std::int64_t>(cells[7], "ubatch", path, line);
    if (row.prompt < 1 || row.ubatch < 1) fail(path, line, "prompt and ubatch must be at least 1");
  }
  row.tokens_per_second = parse<double>(cells[8], "tok_s", path, line);
  if (row.depth < Tokens(0) || !(row.tokens_per_second > 0)) fail(path, line, "depth and tok_s must be positive");
  row.date = cells[10];
  return row;
}

Workload workload_of(const MeasuredRow& row, const TensorType& f16, const SpeedConstants& constants) {
  Request request;
  request.depth = row.depth;
  return count_work(*row.model, quantize(*row.model, *row.quantization), request, {&f16, &f16}, row.backend->is_cpu,
                    constants);
}

void measure(MeasuredRow& row, const TensorType& f16, const SpeedConstants& constants) {
  const Workload work = workload_of(row, f16, constants);
  const Rates rates = device_rates({*row.device, *row.backend, constants}, *row.device);
  row.has_experts = !work.device.experts.empty();
  if (row.law == SpeedLawKind::kDecode) {
    row.time.amounts = decode_amounts(work.device, work.depth, 1, rates, constants);
    row.time.seconds = 1 / row.tokens_per_second;
  } else {
    row.time.amounts = prefill_amounts(work.device, work.depth, row.prompt, row.ubatch, rates);
    row.time.seconds = static_cast<double>(row.prompt) / row.tokens_per_second;
  }
}

}  // namespace

std::vector<MeasuredRow> read_rows(std::istream& table, const std::string& path, const Catalog& catalog) {
  std::string line;
  if (!std::getline(table, line) || line != kHeading) fail(path, 1, std::string("must be the heading ") + kHeading);
  std::vector<MeasuredRow> rows;
  for (int number = 2; std::getline(table, line); ++number) {
    const std::vector<std::string> cells = split(line);
    if (cells.size() != kColumns) fail(path, number, "must have " + std::to_string(kColumns) + " columns");
    try {
      rows.push_back(read_row(cells, catalog, path, number));
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kBadFile) throw;
      fail(path, number, error.what());
    }
  }
  return rows;
}

void weigh(std::vector<MeasuredRow>& rows, const Catalog& catalog, const SpeedConstants& constants) {
  using Pair = std::tuple<SpeedLawKind, const Device*, const Model*, const Backend*>;
  const auto pair_of = [](const MeasuredRow& row) { return Pair(row.law, row.device, row.model, row.backend); };
  std::map<Pair, int> counts;
  for (const MeasuredRow& row : rows) ++counts[pair_of(row)];
  for (MeasuredRow& row : rows) {
    measure(row, catalog.tensor_type("f16"), constants);
    const double old = row.law == SpeedLawKind::kDecode ? kOldDecodeWeight : kOldPrefillWeight;
    row.time.weight = (row.date < kNewKernels ? old : 1.0) / std::sqrt(counts[pair_of(row)]);
  }
}

std::vector<MeasuredRow> rows_of(SpeedLawKind law, const std::vector<MeasuredRow>& rows) {
  std::vector<MeasuredRow> result;
  for (const MeasuredRow& row : rows) {
    if (row.law == law) result.push_back(row);
  }
  return result;
}

}  // namespace lfmfit::fit_speed
