#include "catalog/speed_hardware.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lfmfit {

namespace {

constexpr double kMaxFactor = 1e6;

const TensorType* read_type(const RowReader& reader, const std::string& name, const TypeLookup& lookup) {
  const TensorType* type = lookup(name);
  if (type == nullptr) reader.fail("types", "names \"" + name + "\", which is no tensor type");
  return type;
}

/// The value that the word under `key` stands for.
template <class Value, std::size_t N>
Value read_word(RowReader& reader, std::string_view key,
                const std::array<std::pair<std::string_view, Value>, N>& words) {
  const std::string word = reader.text(key);
  std::string known;
  for (const auto& entry : words) {
    if (entry.first == word) return entry.second;
    known += (known.empty() ? "" : ", ") + std::string(entry.first);
  }
  reader.fail(key, "must be one of " + known + ", not \"" + word + "\"");
}

template <class Row>
std::size_t index_of(RowReader& reader, std::string_view key, const std::string& name, const std::vector<Row>& rows) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  if (found == rows.end()) reader.fail(key, "names \"" + name + "\", which is not among those of this file");
  return static_cast<std::size_t>(found - rows.begin());
}

LibraryRule read_library_rule(RowReader& reader, const TypeLookup& lookup) {
  LibraryRule rule;
  if (reader.has("types")) {
    for (const std::string& name : reader.texts("types")) rule.types.push_back(read_type(reader, name, lookup));
  }
  rule.above = reader.integer("above", 0, 1 << 20);
  rule.most_experts = reader.integer_or("most_experts", 0, 1, 1 << 20);
  reader.finish();
  return rule;
}

}  // namespace

KernelRules read_kernel_rules(RowReader reader, const TypeLookup& lookup, const SpeedConstants& constants) {
  KernelRules rules;
  rules.launches = index_of(reader, "launches", reader.text("launches"), constants.launches);
  rules.metal = reader.flag_or("metal", false);
  rules.tile_columns = reader.integers_or_none("tile_columns", 1, 1024);
  rules.widest_tile = reader.integer_or("widest_tile", 128, 8, 1024);
  rules.widest_expert_tile = reader.integer_or("widest_expert_tile", rules.widest_tile, 8, 1024);
  rules.tiles_by_expert = reader.flag_or("tiles_by_expert", false);
  rules.splits_tiles = reader.flag_or("splits_tiles", true);
  rules.least_float_columns = reader.integer_or("least_float_columns", 1, 1, 1024);
  if (reader.has("library")) {
    for (RowReader& rule : reader.objects("library")) rules.by_library.push_back(read_library_rule(rule, lookup));
  }
  rules.issued = reader.number_or("issued", 1, 0.01, 100);
  rules.unit_gflops = reader.number_or("unit_gflops", 507, 1, 1e6);
  reader.finish();
  return rules;
}

void read_weight_kernels(RowReader& reader, const TypeLookup& lookup, SpeedConstants& constants) {
  using Number = WeightKernel::Number;
  using Vector = WeightKernel::Vector;
  using Tile = WeightKernel::Tile;
  constexpr std::array<std::pair<std::string_view, Number>, 4> kNumbers{
      {{"quantized", Number::kQuantized}, {"f16", Number::kHalf}, {"bf16", Number::kBfloat}, {"f32", Number::kSingle}}};
  constexpr std::array<std::pair<std::string_view, Vector>, 4> kVectors{
      {{"plain", Vector::kPlain}, {"k", Vector::kK}, {"six", Vector::kSix}, {"low", Vector::kLow}}};
  constexpr std::array<std::pair<std::string_view, Tile>, 3> kTiles{
      {{"plain", Tile::kPlain}, {"minima", Tile::kMinima}, {"sixteen", Tile::kSixteen}}};
  WeightKernel kernel;
  kernel.number = read_word(reader, "number", kNumbers);
  kernel.vector = read_word(reader, "vector", kVectors);
  kernel.tile = read_word(reader, "tile", kTiles);
  kernel.fp4 = reader.flag_or("fp4", false);
  const std::int64_t small = reader.integer("metal_small_batch", 0, 8);
  kernel.small_batch_2 = small == 2;
  kernel.small_batch_4 = small == 4;
  kernel.metal_vector = reader.number("metal_vector", 0, kMaxFactor);
  kernel.metal_tile = reader.number("metal_tile", 0, kMaxFactor);
  kernel.slow_embedding = reader.flag_or("slow_embedding", false);
  kernel.cpu = index_of(reader, "cpu", reader.text("cpu"), constants.cpu.types);
  for (const std::string& name : reader.texts("types")) {
    kernel.type = read_type(reader, name, lookup);
    constants.weight_kernels.push_back(kernel);
  }
  reader.finish();
}

CpuConstants read_cpu_constants(RowReader reader) {
  CpuConstants cpu;
  for (RowReader& row : reader.objects("types")) {
    cpu.types.push_back({row.text("name"), row.number("decode", 0, kMaxFactor), row.number("packed", 0, kMaxFactor),
                         row.number("plain", 0, kMaxFactor)});
    row.finish();
  }
  for (RowReader& row : reader.objects("instruction_sets")) {
    InstructionSet set{row.text("name"),
                       row.number("decode", 1e-3, kMaxFactor),
                       row.number("prompt", 1e-3, kMaxFactor),
                       std::vector<bool>(cpu.types.size(), false),
                       {}};
    if (row.has("features")) set.features = row.texts("features");
    for (const std::string& name : row.texts("packs")) set.packs[index_of(row, "packs", name, cpu.types)] = true;
    row.finish();
    cpu.instruction_sets.push_back(std::move(set));
  }
  for (RowReader& row : reader.objects("platforms")) {
    cpu.platforms.push_back({row.text("name"), row.number("share", 0.01, 1), row.number_or("core_gb_s", 0, 0, 1e5)});
    row.finish();
  }
  RowReader usual = reader.object("usual");
  cpu.usual.cores = static_cast<int>(usual.integer("cores", 1, 1 << 16));
  cpu.usual.clock_ghz = usual.number("clock_ghz", 0.05, 100);
  cpu.usual.instruction_set = usual.text("instruction_set");
  cpu.usual.platform = usual.text("platform");
  usual.finish();
  reader.text("source");
  reader.finish();
  return cpu;
}

}  // namespace lfmfit
