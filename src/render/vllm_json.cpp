#include "render/vllm_json.hpp"

namespace lfmfit::render {

namespace {

struct Term {
  const char* key;
  MemoryUse use;
};

constexpr Term kTerms[] = {{"weights_bytes", MemoryUse::kWeights},  {"activation_bytes", MemoryUse::kActivation},
                           {"graphs_bytes", MemoryUse::kGraphs},    {"other_bytes", MemoryUse::kOther},
                           {"kv_cache_bytes", MemoryUse::kKvCache}, {"outside_bytes", MemoryUse::kOutside}};

Json gpu_json(const Estimate& estimate, int gpu) {
  const MemoryLedger& ledger = estimate.memory;
  Json json = Json::object();
  for (const Term& term : kTerms) json[term.key] = ledger.sum(term.use, gpu).count();
  for (const MemoryTerm& term : ledger.terms) {
    if (term.place != gpu || term.use != MemoryUse::kKvCache) continue;
    json["kv_cache_low_bytes"] = term.low.count();
    json["kv_cache_high_bytes"] = term.high.count();
  }
  json["requested_bytes"] = estimate.vllm->requested.count();
  json["total_bytes"] = ledger.total(gpu).count();
  return json;
}

Json changes_json(const std::vector<VllmChange>& changes) {
  Json list = Json::array();
  for (const VllmChange& change : changes)
    list.push_back(
        {{"options", change.options}, {"kv_cache_gain_bytes", change.gain.count()}, {"starts", change.starts}});
  return list;
}

}  // namespace

Json vllm_memory_json(const Estimate& estimate) {
  Json gpus = Json::array();
  for (int gpu = 0; gpu < estimate.memory.gpu_count; ++gpu) gpus.push_back(gpu_json(estimate, gpu));
  return {{"gpus", gpus}};
}

Json vllm_json(const VllmAnswer& answer) {
  Json json = {{"version", answer.version}};
  if (answer.verdict) json["verdict"] = lfmfit::name_of(*answer.verdict);
  if (!answer.reason.empty()) json["reason"] = answer.reason;
  json["graphs_in_share"] = answer.graphs_in_share;
  json["needed_bytes"] = answer.needed.count();
  json["kv_cache_tokens"] = answer.kv_cache_tokens;
  json["kv_cache_tokens_low"] = answer.kv_cache_tokens_low;
  json["maximum_concurrency"] = answer.maximum_concurrency;
  json["block_size"] = answer.block_size;
  json["blocks"] = answer.blocks;
  json["blocks_a_request"] = answer.blocks_a_request;
  json["bytes_per_block"] = answer.bytes_per_block.count();
  json["largest_max_model_len"] = answer.largest_max_model_len.count();
  json["changes"] = changes_json(answer.changes);
  return json;
}

}  // namespace lfmfit::render
