#include "catalog/gguf_trait_rows.hpp"

#include "catalog/strict_json.hpp"

namespace lfmfit {

std::vector<GgufTraits> read_gguf_traits(std::string_view path, std::string_view text) {
  constexpr std::int64_t kMaxPeriod = 512;
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  std::vector<GgufTraits> rows;
  for (StrictObject& row : root.objects("gguf_traits", "architecture")) {
    GgufTraits traits;
    traits.architecture = row.text("architecture");
    traits.sliding_period = row.integer_or("sliding_period", 0, 1, kMaxPeriod);
    traits.full_first = row.flag_or("full_first", false);
    traits.all_slide = row.flag_or("all_slide", false);
    traits.default_window = row.integer_or("default_window", 0, 1, 1 << 24);
    traits.no_rope_period = row.integer_or("no_rope_period", 0, 1, kMaxPeriod);
    traits.rotates_sliding_only = row.flag_or("rotates_sliding_only", false);
    traits.qk_norm_unless_experts = row.integer_or("qk_norm_unless_experts", 0, 1, 1 << 14);
    traits.reads_gating = row.flag_or("reads_gating", false);
    traits.reads_weights_norm = row.flag_or("reads_weights_norm", false);
    traits.reads_weights_scale = row.flag_or("reads_weights_scale", false);
    row.finish();
    rows.push_back(std::move(traits));
  }
  root.finish();
  return rows;
}

}  // namespace lfmfit
