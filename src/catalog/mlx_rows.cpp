#include "catalog/mlx_rows.hpp"

#include <set>

#include "catalog/bands.hpp"
#include "catalog/strict_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMostCount = std::int64_t{1} << 24;
constexpr std::int64_t kByteBits = 8;

/// Numbers of a group and what they share, as one block.
TensorType read_type(StrictObject& row, const std::string& name) {
  TensorType type;
  type.name = name;
  type.quantized = true;
  type.block_elements = row.integer("group", 1, 1 << 16);
  const std::int64_t bits = type.block_elements * row.integer("bits", 1, 64) + row.integer("scale_bits", 0, 128);
  if (bits % kByteBits != 0) row.fail("bits", "and scale_bits must make whole bytes of a group");
  type.block_bytes = bits / kByteBits;
  return type;
}

MlxForm read_form(StrictObject& row, MlxFacts& facts, const TensorType& plain) {
  MlxForm form;
  form.row.name = row.text("name");
  form.row.also = row.text_or("also", "");
  form.row.quality_percent = row.number_or("quality_percent", 0);
  if (form.row.quality_percent > 100) row.fail("quality_percent", "must be at most 100");
  form.row.quality = row.text_or("quality", "");
  form.row.listed = true;
  form.row.default_type = form.row.kept_type = form.row.source_type = form.row.last_resort = &plain;
  if (row.has("bits")) {
    facts.types.push_back(read_type(row, form.row.name));
    form.row.default_type = &facts.types.back();
  }
  if (row.has("stored_as")) form.stored_as = row.texts("stored_as");
  row.finish();
  return form;
}

void read_cache(StrictObject& root, MlxFacts& facts) {
  facts.cache_step = root.integer("cache_step", 1, kMostCount);
  facts.chunk = root.integer("chunk", 1, kMostCount);
  facts.cache_group = root.integer("cache_group", 1, kMostCount);
  facts.quantized_start = root.integer("quantized_start", 0, kMostCount);
  facts.cache_bits = root.integers("cache_bits", 1);
  facts.cache_groups = root.integers("cache_groups", 1);
}

void read_activation(StrictObject& root, MlxFacts& facts) {
  facts.fused_heads = root.integers("fused_heads", 1);
  facts.commands_in_flight = root.integer("commands_in_flight", 0, 1 << 10);
  facts.commands = root.integer("commands", 1, kMostCount);
  facts.commands_mib = root.number("commands_mib");
  facts.activation = read_band_of_three(root, "activation");
  facts.other_gib = read_band_of_three(root, "other_gib");
}

void read_speed(StrictObject& root, MlxFacts& facts) {
  facts.bandwidth_share = read_band_of_three(root, "bandwidth_share");
  facts.compute_share = read_band_of_three(root, "compute_share");
  if (facts.bandwidth_share.low <= 0) root.fail("bandwidth_share", "must be more than 0");
  if (facts.compute_share.low <= 0) root.fail("compute_share", "must be more than 0");
}

}  // namespace

MlxFacts read_mlx_facts(std::string_view path, std::string_view text, const TensorTypeByName& lookup) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  const TensorType* plain = lookup("bf16");
  if (plain == nullptr) root.fail("mlx", "needs the tensor type bf16, which there is not");
  MlxFacts facts;
  facts.version = root.text("version");
  facts.backends = root.texts("backends");
  read_cache(root, facts);
  read_activation(root, facts);
  read_speed(root, facts);
  facts.wired_share = root.number("wired_share");
  facts.source = root.text("source");
  facts.cache_source = root.text("cache_source");
  facts.activation_source = root.text("activation_source");
  facts.speed_source = root.text("speed_source");
  std::set<std::string> names;
  for (StrictObject& row : root.objects("mlx", "name")) {
    facts.forms.push_back(read_form(row, facts, *plain));
    if (!names.insert(facts.forms.back().row.name).second) row.fail("name", "is that of an earlier row");
  }
  if (facts.forms.empty()) root.fail("mlx", "must not be empty");
  root.finish();
  return facts;
}

}  // namespace lfmfit
