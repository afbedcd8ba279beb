#include "catalog/vllm_rows.hpp"

#include <algorithm>

#include "catalog/bands.hpp"
#include "catalog/strict_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMost = std::int64_t{1} << 24;

VllmVersion read_version(StrictObject& row) {
  VllmVersion version;
  version.name = row.text("version");
  version.utilization = row.number("utilization");
  if (version.utilization <= 0 || version.utilization > 1) row.fail("utilization", "must be more than 0 and at most 1");
  version.profile = row.text("profile");
  version.dense_profile = row.text_or("dense_profile", version.profile);
  version.counts_graphs = row.flag("counts_graphs");
  version.counts_dense_graphs = row.flag("counts_dense_graphs");
  version.tokens_by_requests = row.flag("tokens_by_requests");
  version.hybrid_prefix_caching = row.flag("hybrid_prefix_caching");
  version.mixes_layers = row.flag_or("mixes_layers", true);
  version.source = row.text("source");
  row.finish();
  return version;
}

VllmProfile read_profile(StrictObject& row) {
  VllmProfile profile;
  profile.name = row.text("name");
  profile.sampler_bytes = read_band_of_three(row, "sampler_bytes");
  profile.forward_hidden = row.number("forward_hidden");
  profile.keeps_workspace = row.flag("keeps_workspace");
  profile.counts_context = row.flag_or("counts_context", false);
  profile.other_gib = read_band_of_three(row, "other_gib");
  for (StrictObject& together : row.objects("together")) {
    profile.together.push_back({together.text_or("compute_capability", ""), read_band_of_three(together, "gib")});
    together.finish();
  }
  profile.source = row.text("source");
  row.finish();
  return profile;
}

VllmCacheType read_cache_type(StrictObject& row) {
  VllmCacheType type;
  type.name = row.text("name");
  type.bits = row.number("bits");
  if (type.bits <= 0 || type.bits > 64) row.fail("bits", "must be more than 0 and at most 64");
  type.bytes_of_scales = row.integer_or("bytes_of_scales", 0, 0, 64);
  type.latent_bytes = row.integer_or("latent_bytes", 0, 0, kMost);
  row.finish();
  return type;
}

VllmTower read_tower(StrictObject& row) {
  VllmTower tower;
  tower.models = row.texts("models");
  tower.parameters = row.integer("parameters", 1, std::int64_t{1} << 40);
  row.finish();
  return tower;
}

VllmBatch read_batch(StrictObject& row) {
  VllmBatch batch;
  if (row.has("versions")) batch.versions = row.texts("versions");
  batch.least_gib = row.number_or("least_gib", 0);
  batch.except_compute_capability = row.text_or("except_compute_capability", "");
  batch.requests = row.integer("requests", 1, kMost);
  batch.tokens = row.integer("tokens", 1, kMost);
  batch.whole_prompts = Tokens(row.integer_or("whole_prompts", 0, 0, kMost));
  row.finish();
  return batch;
}

VllmOutside read_outside(StrictObject& row) {
  VllmOutside outside;
  outside.gpus = row.integer("gpus", 1, kMost);
  outside.gib = read_band_of_three(row, "gib");
  row.finish();
  return outside;
}

void read_figures(StrictObject& root, VllmFacts& facts) {
  facts.backends = root.texts("backends");
  facts.least_compute_capability = root.number("least_compute_capability");
  facts.block = root.integer("block", 1, kMost);
  facts.latent_block = root.integer("latent_block", 1, kMost);
  facts.graph_bytes = read_band_of_three(root, "graph_bytes");
  facts.graph_bytes_of_experts = read_band_of_three(root, "graph_bytes_of_experts");
  facts.forward = read_band_of_three(root, "forward");
  facts.forward_of_others = read_band_of_three(root, "forward_of_others");
  facts.forward_wide = root.number("forward_wide");
  facts.profile_gib = read_band_of_three(root, "profile_gib");
  facts.bandwidth_share = read_band_of_three(root, "bandwidth_share");
  facts.compute_share = read_band_of_three(root, "compute_share");
  facts.launch_us = read_band_of_three(root, "launch_us");
  facts.launch_us_of_experts = read_band_of_three(root, "launch_us_of_experts");
  facts.launch_us_together = read_band_of_three(root, "launch_us_together");
  facts.step_us = read_band_of_three(root, "step_us");
  if (facts.bandwidth_share.low <= 0) root.fail("bandwidth_share", "must be more than 0");
  if (facts.compute_share.low <= 0) root.fail("compute_share", "must be more than 0");
}

void read_sources(StrictObject& root, VllmFacts& facts) {
  root.text("source");
  root.text("towers_source");
  root.text("batches_source");
  facts.graph_source = root.text("graph_source");
  facts.forward_source = root.text("forward_source");
  facts.outside_source = root.text("outside_source");
  facts.speed_source = root.text("speed_source");
}

void require_profiles(const VllmFacts& facts, StrictObject& root) {
  for (const VllmVersion& version : facts.versions) {
    for (const std::string& name : {version.profile, version.dense_profile}) {
      if (std::none_of(facts.profiles.begin(), facts.profiles.end(),
                       [&](const VllmProfile& profile) { return profile.name == name; }))
        root.fail("profiles", "has no \"" + name + "\", which vLLM " + version.name + " names");
    }
  }
}

template <class Row>
std::vector<Row> read_all(StrictObject& root, const char* key, Row (*read)(StrictObject& row)) {
  std::vector<Row> rows;
  for (StrictObject& row : root.objects(key)) rows.push_back(read(row));
  if (rows.empty()) root.fail(key, "must not be empty");
  return rows;
}

}  // namespace

VllmFacts read_vllm_facts(std::string_view path, std::string_view text) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  VllmFacts facts;
  read_sources(root, facts);
  read_figures(root, facts);
  facts.versions = read_all(root, "vllm", read_version);
  facts.profiles = read_all(root, "profiles", read_profile);
  require_profiles(facts, root);
  facts.cache_types = read_all(root, "cache_types", read_cache_type);
  facts.towers = read_all(root, "towers", read_tower);
  facts.batches = read_all(root, "batches", read_batch);
  facts.outside = read_all(root, "outside", read_outside);
  root.finish();
  return facts;
}

}  // namespace lfmfit
