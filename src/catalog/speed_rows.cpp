#include "catalog/speed_rows.hpp"

#include <algorithm>

#include "catalog/row_reader.hpp"
#include "catalog/speed_hardware.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxSpeedFactor = 1e6;
constexpr std::int64_t kMaxRows = 1 << 20;

HardwareMatch read_hardware(RowReader& reader) {
  HardwareMatch match;
  match.generation = reader.text_or("generation", "");
  if (reader.has("compute_capability")) match.compute_capabilities = reader.texts("compute_capability");
  match.gfx = reader.text_or("gfx", "");
  match.chip = reader.text_or("chip", "");
  match.device = reader.text_or("device", "");
  reader.finish();
  return match;
}

/// Those that are not there are 1.
std::array<double, kCoefficientCount> read_prior(RowReader reader) {
  std::array<double, kCoefficientCount> prior{};
  for (std::size_t i = 0; i < kCoefficientCount; ++i)
    prior[i] = reader.number_or(name_of(static_cast<Coefficient>(i)), 1, 0, kMaxSpeedFactor);
  reader.finish();
  return prior;
}

/// All of them where the row is a root, else those that differ from the parent's.
void read_coefficients(RowReader reader, SpeedRow& row) {
  row.factors.fill(row.parent.empty() ? 0 : 1);
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    const char* name = name_of(static_cast<Coefficient>(i));
    row.stated[i] = reader.has(name);
    if (row.stated[i]) row.factors[i] = reader.number(name, 0, kMaxSpeedFactor);
  }
  reader.finish();
}

void read_counts(RowReader reader, std::array<int, kSpeedQuestionCount>& counts) {
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q)
    counts[q] = static_cast<int>(reader.integer_or(name_of(static_cast<SpeedQuestion>(q)), 0, 0, kMaxRows));
  reader.finish();
}

SpeedBand read_band(RowReader reader) {
  SpeedBand band;
  band.low = reader.number("low", 0.01, 1);
  band.high = reader.number("high", 1, 100);
  band.unmeasured_low = reader.number("unmeasured_low", 0.01, band.low);
  band.unmeasured_high = reader.number("unmeasured_high", band.high, 100);
  reader.finish();
  return band;
}

void read_bands(RowReader reader, SpeedRow& row) {
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    const char* name = name_of(static_cast<SpeedQuestion>(q));
    row.own_bands[q] = reader.has(name);
    if (row.own_bands[q]) row.bands[q] = read_band(reader.object(name));
  }
  reader.finish();
}

SpeedRow read_row(RowReader& reader, const TypeLookup& lookup, const SpeedConstants& constants) {
  SpeedRow row;
  row.id = reader.text("id");
  reader.name(row.id);
  row.label = reader.text("label");
  row.backend = reader.text("backend");
  row.parent = reader.text_or("parent", "");
  if (reader.has("hardware")) {
    for (RowReader& match : reader.objects("hardware")) row.hardware.push_back(read_hardware(match));
  }
  row.factors.fill(1);
  row.prior.fill(1);
  if (reader.has("prior")) row.prior = read_prior(reader.object("prior"));
  const std::string_view key = row.parent.empty() ? "constants" : "factors";
  if (row.parent.empty() || reader.has(key)) read_coefficients(reader.object(key), row);
  row.own_kernels = reader.has("kernels");
  if (row.own_kernels) row.kernels = read_kernel_rules(reader.object("kernels"), lookup, constants);
  if (reader.has("rows")) read_counts(reader.object("rows"), row.rows);
  if (reader.has("bands")) read_bands(reader.object("bands"), row);
  row.note = reader.text_or("note", "");
  reader.text_or("source", "");
  reader.finish();
  return row;
}

void read_rows(RowReader& root, const TypeLookup& lookup, SpeedConstants& constants) {
  for (RowReader& reader : root.objects("speed")) {
    SpeedRow row = read_row(reader, lookup, constants);
    const auto is = [](const std::string& id) { return [id](const SpeedRow& other) { return other.id == id; }; };
    auto& rows = constants.rows;
    if (std::any_of(rows.begin(), rows.end(), is(row.id))) reader.fail("id", "is there twice");
    if (!row.parent.empty() && std::none_of(rows.begin(), rows.end(), is(row.parent)))
      reader.fail("parent", "names \"" + row.parent + "\", which is no earlier row");
    rows.push_back(std::move(row));
  }
  resolve(constants.rows);
}

MeasuredDevice read_measured_device(const std::string& backend, std::string_view device, RowReader& devices) {
  RowReader reader = devices.object(device);
  MeasuredDevice measured;
  measured.backend = backend;
  measured.device = device;
  if (reader.has("rows")) read_counts(reader.object("rows"), measured.rows);
  measured.decode = reader.number_or("decode", 1, 0.01, 100);
  measured.prefill = reader.number_or("prefill", 1, 0.01, 100);
  reader.finish();
  return measured;
}

void read_measured_devices(RowReader reader, SpeedConstants& constants) {
  for (std::string_view backend : reader.keys()) {
    RowReader devices = reader.object(backend);
    for (std::string_view device : devices.keys()) {
      constants.measured_devices.push_back(read_measured_device(std::string(backend), device, devices));
    }
  }
}

LaunchTable& table_called(const std::string& name, std::vector<LaunchTable>& tables) {
  for (LaunchTable& table : tables) {
    if (table.name == name) return table;
  }
  tables.push_back({name, {}});
  return tables.back();
}

LaunchPart part_called(const std::string& name, const RowReader& reader) {
  for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
    if (name == name_of(static_cast<LaunchPart>(part))) return static_cast<LaunchPart>(part);
  }
  reader.fail("part", "\"" + name + "\" is unknown");
}

/// Each part in each table; those that are not there launch nothing.
void read_launches(RowReader& root, SpeedConstants& constants) {
  for (RowReader& reader : root.objects("launches")) {
    LaunchTable& table = table_called(reader.text("table"), constants.launches);
    LaunchCost& cost = table.costs[static_cast<std::size_t>(part_called(reader.text("part"), reader))];
    cost.one = reader.number("one", 0, kMaxSpeedFactor);
    cost.few = reader.number("few", 0, kMaxSpeedFactor);
    cost.many = reader.number("many", 0, kMaxSpeedFactor);
    cost.rows = static_cast<int>(reader.integer_or("rows", 0, 0, kMaxRows));
    reader.finish();
  }
}

HostLink read_host(RowReader& reader) {
  constexpr double kMillisecond = 1e-3;
  HostLink host;
  if (reader.has("segments")) host.segments = reader.texts("segments");
  host.until_year = static_cast<int>(reader.integer_or("until_year", 0, 1990, 2100));
  host.memory = gb_per_second(reader.number("memory_gb_s", 0.1, 1e5));
  host.read = reader.number("read", 0.01, 1);
  host.core = gb_per_second(reader.number("thread_gb_s", 0.1, 1e5));
  host.expert_layer = Seconds(reader.number("expert_layer_ms", 0, 1e3) * kMillisecond);
  host.layer = Seconds(reader.number("layer_ms", 0, 1e3) * kMillisecond);
  host.link = gb_per_second(reader.number("link_gb_s", 0.1, 1e5));
  host.link_share = reader.number("link_share", 0.01, 1);
  host.prompt = Seconds(reader.number("prompt_ms", 0, 1e4) * kMillisecond);
  reader.text("source");
  reader.finish();
  return host;
}

SpeedAssumptions read_assumptions(RowReader reader) {
  constexpr double kMicrosecond = 1e-6;
  SpeedAssumptions assumed;
  for (RowReader& host : reader.objects("hosts")) assumed.hosts.push_back(read_host(host));
  assumed.gpu_sync = Seconds(reader.number("gpu_sync_us", 0, 1e6) * kMicrosecond);
  assumed.gpu_hop = Seconds(reader.number("gpu_hop_us", 0, 1e6) * kMicrosecond);
  assumed.pipelined = reader.texts("pipelined");
  assumed.pipeline_hidden = reader.number("pipeline_hidden", 0, 1);
  assumed.operations_per_byte = reader.number("operations_per_byte", 0.1, 1e6);
  assumed.request_spread = reader.number("request_spread", 0, 10);
  assumed.prompt_spread = reader.number("prompt_spread", 0, 10);
  assumed.low = reader.number("low", 0.01, 1);
  assumed.high = reader.number("high", 1, 100);
  assumed.host_low = reader.number("host_low", 0.01, 1);
  assumed.host_high = reader.number("host_high", 1, 100);
  reader.text("source");
  reader.finish();
  return assumed;
}

}  // namespace

SpeedConstants read_speed_constants(std::string_view path, std::string_view text, const TypeLookup& lookup) {
  RowReader root(path, text);
  SpeedConstants constants;
  root.text("source");
  read_launches(root, constants);
  constants.cpu = read_cpu_constants(root.object("cpu"));
  for (RowReader& reader : root.objects("weights")) read_weight_kernels(reader, lookup, constants);
  constants.assumptions = read_assumptions(root.object("assumptions"));
  read_measured_devices(root.object("measured_devices"), constants);
  read_rows(root, lookup, constants);
  root.finish();
  return constants;
}

}  // namespace lfmfit
