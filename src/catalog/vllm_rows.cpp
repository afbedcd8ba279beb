#include "catalog/vllm_rows.hpp"

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
  version.counts_graphs = row.flag("counts_graphs");
  version.counts_dense_graphs = row.flag("counts_dense_graphs");
  version.tokens_by_requests = row.flag("tokens_by_requests");
  version.hybrid_prefix_caching = row.flag("hybrid_prefix_caching");
  version.source = row.text("source");
  row.finish();
  return version;
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
  batch.least_gib = row.number("least_gib");
  batch.except_compute_capability = row.text_or("except_compute_capability", "");
  batch.requests = row.integer("requests", 1, kMost);
  batch.tokens = row.integer("tokens", 1, kMost);
  batch.sampler_bytes = read_band_of_three(row, "sampler_bytes");
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
  facts.other_gib = read_band_of_three(root, "other_gib");
  facts.other_gib_a_peer = read_band_of_three(root, "other_gib_a_peer");
  facts.graph_bytes = read_band_of_three(root, "graph_bytes");
  facts.graph_bytes_of_experts = read_band_of_three(root, "graph_bytes_of_experts");
  facts.forward = read_band_of_three(root, "forward");
  facts.forward_hidden = root.number("forward_hidden");
  facts.forward_wide = root.number("forward_wide");
  facts.bandwidth_share = read_band_of_three(root, "bandwidth_share");
  facts.compute_share = read_band_of_three(root, "compute_share");
  facts.launch_us = root.number("launch_us");
  if (facts.bandwidth_share.low <= 0) root.fail("bandwidth_share", "must be more than 0");
  if (facts.compute_share.low <= 0) root.fail("compute_share", "must be more than 0");
}

void read_sources(StrictObject& root, VllmFacts& facts) {
  root.text("source");
  root.text("towers_source");
  facts.other_source = root.text("other_source");
  facts.graph_source = root.text("graph_source");
  root.text("sampler_source");
  facts.forward_source = root.text("forward_source");
  facts.outside_source = root.text("outside_source");
  facts.speed_source = root.text("speed_source");
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
  facts.cache_types = read_all(root, "cache_types", read_cache_type);
  facts.towers = read_all(root, "towers", read_tower);
  facts.batches = read_all(root, "batches", read_batch);
  facts.outside = read_all(root, "outside", read_outside);
  root.finish();
  return facts;
}

}  // namespace lfmfit
