#include "core/llamacpp/cache_buffers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/llamacpp/plain_types.hpp"
#include "core/model/blocks/block.hpp"

namespace lfmfit {

CacheBuffers cache_buffers(const Model& model, const Scene& scene, const CacheSizes& cells, const Placement& placement,
                           const MemoryContext& context) {
  CacheBuffers result{buffers_for(placement, context.backend.traits), buffers_for(placement, context.backend.traits)};
  std::int64_t widest_v = 0;
  for (const Block& block : model.blocks) widest_v = std::max(widest_v, cache_row(block).v_columns);
  for (std::size_t i = 0; i < model.blocks.size(); ++i) {
    const auto place = static_cast<std::size_t>(placement.cache_place(static_cast<int>(i)));
    const CacheRow row = cache_row(model.blocks[i]);
    const std::int64_t n = row.sliding ? cells.sliding : cells.full;
    if (row.k_columns > 0) result.kv[place].add(context.type_k, {row.k_columns, n, scene.streams, 1});
    if (row.index_columns > 0) result.kv[place].add(context.type_k, {row.index_columns, n, scene.streams, 1});
    // transposed caches of all layers are as wide as the widest
    const std::int64_t v_columns = scene.values_transposed && row.v_columns > 0 ? widest_v : row.v_columns;
    if (v_columns > 0) result.kv[place].add(context.type_v, {v_columns, n, scene.streams, 1});
    const StateRow state = state_row(model.blocks[i], model);
    if (state.convolution > 0) result.state[place].add(kF32, {state.convolution, scene.states, 1, 1});
    if (state.recurrence > 0) result.state[place].add(kF32, {state.recurrence, scene.states, 1, 1});
    if (row.k_columns > 0) {
      ++(row.sliding ? result.sliding_layers : result.full_layers);
      result.k_columns = row.k_columns;
      result.v_columns = row.v_columns;
      result.index_columns = row.index_columns;
    }
    if (state.convolution + state.recurrence > 0) ++result.state_layers;
  }
  return result;
}

std::string cache_formula(const CacheBuffers& caches, const Scene& scene, const CacheSizes& cells,
                          const MemoryContext& context) {
  std::string text;
  if (caches.full_layers > 0) text = fmt::format("{} layers x {} cells", caches.full_layers, cells.full);
  if (caches.sliding_layers > 0) {
    text +=
        fmt::format("{}{} sliding layers x {} cells", text.empty() ? "" : " + ", caches.sliding_layers, cells.sliding);
  }
  text += fmt::format(" x (K {} {}", caches.k_columns, context.type_k.name);
  if (caches.v_columns > 0) text += fmt::format(" + V {} {}", caches.v_columns, context.type_v.name);
  if (caches.index_columns > 0) text += fmt::format(" + indexer {} {}", caches.index_columns, context.type_k.name);
  text += ")";
  if (scene.streams > 1) text += fmt::format(" x {} sequences", scene.streams);
  return text;
}

std::string state_formula(const CacheBuffers& caches, const Scene& scene, const Request& request) {
  return fmt::format(
      "{} layers x {} sequence{}{}, f32", caches.state_layers, scene.sequences, scene.sequences == 1 ? "" : "s",
      scene.states > scene.sequences ? fmt::format(" x (1 + {} drafted tokens)", request.draft_tokens) : "");
}

}  // namespace lfmfit
