#include "catalog/speed_rows.hpp"

#include <algorithm>

#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

constexpr double kMaxFactor = 1e4;
constexpr std::int64_t kMaxRows = 1 << 20;

using TypeLookup = std::function<const TensorType*(std::string_view name)>;

const TensorType* read_type(const RowReader& reader, const std::string& key, const std::string& name,
                            const TypeLookup& lookup) {
  const TensorType* type = lookup(name);
  if (type == nullptr) reader.fail(key, "names \"" + name + "\", which is no tensor type");
  return type;
}

Coefficients read_coefficients(RowReader& reader, SpeedLawKind law, double low) {
  Coefficients coefficients{};
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    coefficients[i] = reader.number(coefficient_names(law)[i], low, kMaxFactor);
  }
  return coefficients;
}

/// Coefficients of which some are left out: those are `fallback`.
Coefficients read_some(RowReader reader, SpeedLawKind law, double fallback) {
  Coefficients coefficients{};
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    coefficients[i] = reader.number_or(coefficient_names(law)[i], fallback, 0, kMaxFactor);
  }
  reader.finish();
  return coefficients;
}

HardwareMatch read_hardware(RowReader& reader) {
  HardwareMatch match;
  match.generation = reader.text_or("generation", "");
  if (reader.has("compute_capability")) match.compute_capabilities = reader.texts("compute_capability");
  match.device = reader.text_or("device", "");
  reader.finish();
  return match;
}

SpeedRow read_row(RowReader& reader, SpeedLawKind law) {
  SpeedRow row;
  row.id = reader.text("id");
  reader.name(row.id);
  row.label = reader.text("label");
  row.backend = reader.text("backend");
  row.parent = reader.text_or("parent", "");
  if (reader.has("hardware")) {
    for (RowReader& match : reader.objects("hardware")) row.hardware.push_back(read_hardware(match));
  }
  const std::string prior = row.parent.empty() ? "prior" : "prior_factor";
  row.prior.fill(1);
  if (reader.has(prior)) row.prior = read_some(reader.object(prior), law, 1);
  row.apart = reader.flag_or("apart", false);
  row.sd_factor = reader.number_or("sd_factor", 1, 0.01, 100);
  row.rows = static_cast<int>(reader.integer("rows", 0, kMaxRows));
  reader.text_or("source", "");
  row.coefficients = read_coefficients(reader, law, 0);
  reader.finish();
  return row;
}

SpeedBand read_band(RowReader& reader) {
  SpeedBand band;
  band.backend = reader.text_or("backend", "");
  if (reader.has("experts")) band.experts = reader.flag_or("experts", false);
  band.low = reader.number("low", 0.01, 1);
  band.high = reader.number("high", 1, 100);
  band.unmeasured_low = reader.number("unmeasured_low", 0.01, band.low);
  band.unmeasured_high = reader.number("unmeasured_high", band.high, 100);
  reader.finish();
  return band;
}

void read_measured_devices(RowReader reader, SpeedLaw& law) {
  for (std::string_view backend : reader.keys()) {
    RowReader devices = reader.object(backend);
    for (std::string_view device : devices.keys()) {
      const int rows = static_cast<int>(devices.integer(device, 1, kMaxRows));
      law.measured_devices.push_back({std::string(backend), std::string(device), rows, {}});
    }
  }
}

SpeedLaw read_law(RowReader reader, SpeedLawKind kind) {
  SpeedLaw law;
  RowReader fit = reader.object("fit");
  law.noise = fit.number("noise", 0.001, 1);
  law.relative_sd = read_some(fit.object("relative_sd"), kind, 1);
  law.lower_bound = read_some(fit.object("lower_bound"), kind, 0);
  fit.finish();
  for (RowReader& band : reader.objects("bands")) law.bands.push_back(read_band(band));
  read_measured_devices(reader.object("measured_devices"), law);
  reader.finish();
  return law;
}

void read_rows(RowReader& root, SpeedConstants& constants) {
  for (RowReader& reader : root.objects("speed")) {
    const std::string law = reader.text("law");
    if (law != "decode" && law != "prefill")
      reader.fail("law", "must be \"decode\" or \"prefill\", not \"" + law + "\"");
    SpeedLaw& into = law == "decode" ? constants.decode : constants.prefill;
    SpeedRow row = read_row(reader, law == "decode" ? SpeedLawKind::kDecode : SpeedLawKind::kPrefill);
    const auto is = [](const std::string& id) { return [id](const SpeedRow& other) { return other.id == id; }; };
    if (std::any_of(into.rows.begin(), into.rows.end(), is(row.id))) reader.fail("id", "is there twice");
    if (!row.parent.empty() && std::none_of(into.rows.begin(), into.rows.end(), is(row.parent))) {
      reader.fail("parent", "names \"" + row.parent + "\", which is no earlier row of this law");
    }
    into.rows.push_back(std::move(row));
  }
}

void read_launches(RowReader& root, SpeedConstants& constants) {
  std::array<bool, kLaunchPartCount> seen{};
  for (RowReader& reader : root.objects("launches")) {
    const std::string name = reader.text("part");
    std::size_t part = 0;
    while (part < kLaunchPartCount && name != name_of(static_cast<LaunchPart>(part))) ++part;
    if (part == kLaunchPartCount || seen[part]) reader.fail("part", "\"" + name + "\" is unknown or there twice");
    seen[part] = true;
    constants.launches[part].launches = reader.number("launches", 0, kMaxFactor);
    constants.launches[part].rows = static_cast<int>(reader.integer("rows", 0, kMaxRows));
    reader.finish();
  }
  const auto missing = std::find(seen.begin(), seen.end(), false);
  if (missing != seen.end()) {
    root.fail("launches", std::string("lacks \"") + name_of(static_cast<LaunchPart>(missing - seen.begin())) + "\"");
  }
}

void read_weight_work(RowReader& root, const TypeLookup& lookup, SpeedConstants& constants) {
  for (RowReader& reader : root.objects("weight_work")) {
    const double work = reader.number("work", 0, kMaxFactor);
    for (const std::string& name : reader.texts("types")) {
      constants.weight_work.push_back({read_type(reader, "types", name, lookup), work});
    }
    reader.finish();
  }
}

void read_expert_factors(RowReader& root, const TypeLookup& lookup, SpeedConstants& constants) {
  for (RowReader& reader : root.objects("expert_read_factors")) {
    ExpertReadFactor entry;
    entry.backend = reader.text("backend");
    entry.type = read_type(reader, "type", reader.text("type"), lookup);
    entry.factor = reader.number("factor", 1, kMaxFactor);
    reader.integer("rows", 0, kMaxRows);
    reader.finish();
    constants.expert_read_factors.push_back(entry);
  }
}

SpeedAssumptions read_assumptions(RowReader reader) {
  constexpr double kMicrosecond = 1e-6;
  SpeedAssumptions assumed;
  assumed.host_bandwidth = gb_per_second(reader.number("host_bandwidth_gb_s", 0.1, 1e5));
  assumed.pcie_bandwidth = gb_per_second(reader.number("pcie_gb_s", 0.1, 1e5));
  assumed.host_sync = Seconds(reader.number("host_sync_us", 0, 1e6) * kMicrosecond);
  assumed.gpu_sync = Seconds(reader.number("gpu_sync_us", 0, 1e6) * kMicrosecond);
  assumed.gpu_hop = Seconds(reader.number("gpu_hop_us", 0, 1e6) * kMicrosecond);
  assumed.operations_per_byte = reader.number("operations_per_byte", 0.1, 1e6);
  assumed.cpu_operations_per_byte = reader.number("cpu_operations_per_byte", 0.1, 1e6);
  assumed.low = reader.number("low", 0.01, 1);
  assumed.high = reader.number("high", 1, 100);
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
  read_weight_work(root, lookup, constants);
  read_expert_factors(root, lookup, constants);
  constants.assumptions = read_assumptions(root.object("assumptions"));
  constants.prefill_tokens = root.integer("prefill_tokens", 1, 1 << 20);
  RowReader laws = root.object("laws");
  constants.decode = read_law(laws.object("decode"), SpeedLawKind::kDecode);
  constants.prefill = read_law(laws.object("prefill"), SpeedLawKind::kPrefill);
  laws.finish();
  read_rows(root, constants);
  root.finish();
  return constants;
}

}  // namespace lfmfit
