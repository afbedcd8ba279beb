#include "core/speed/attention_time.hpp"

#include <algorithm>
#include <cmath>

namespace lfmfit::speed {

namespace {

constexpr double kPaddedCells = 256;  // cells are padded to a multiple of this
constexpr double kLongCache = 8192;   // cells from which on one token is handled as several are
constexpr double kShared = 4;         // query heads of a cache head above which that holds
constexpr double kWideHead = 256;     // numbers of a head
constexpr double kQueries = 64;       // rows of a tile of queries
constexpr double kPieceCells = 64;    // of the cache that one group of threads takes
constexpr double kMetalVectorTokens = 20;
constexpr double kRotations = 4;  // kernels that turn queries, keys, values and results of a quantized cache

/// Cells in the cache of a layer that the tokens of one request see together, padded.
double padded_cells(double window, const Columns& columns) {
  const double each = std::max(1.0, columns.tokens / columns.requests);
  const double cells = window > 0 ? std::min(columns.cells, up(window, kPaddedCells) + each) : columns.cells;
  return up(cells, kPaddedCells);
}

/// One token of one request: the query heads read the cache and compute, whichever is slower.
double vector_seconds(const AttentionLoad& load, double cells, const Columns& columns, const Card& card,
                      PartTime& time) {
  const double work =
      card[Coefficient::kAttentionHeads] + (columns.quantized_cache ? card[Coefficient::kAttentionQuantized] : 0);
  const double bytes = cells * load.cell_bytes;
  const double reading = bytes * card[Coefficient::kCacheRead] / card.bandwidth;
  const double computing = load.heads * cells * (load.key_numbers + load.value_numbers) / 2 * work / card.compute;
  time.bytes += load.layers * bytes;
  time.reading += load.layers * reading;
  time.computing += load.layers * computing;
  return joined(reading, computing);
}

double tile_seconds(const AttentionLoad& load, double cells, const Columns& columns, const Card& card, PartTime& time) {
  const double shared = load.heads / std::max(load.cache_heads, 1e-9);
  const double streams = columns.unified ? 1 : columns.requests;
  const double each = std::max(1.0, columns.tokens / streams);
  const bool prompt = columns.tokens > kFewColumns;
  const double bytes = streams * cells * load.cell_bytes;
  const double queries = prompt && columns.tokens > 16 ? std::max(each * shared, 8.0) : up(each * shared, 8);
  const double seen = prompt ? mean_cells(load.window, columns) : cells;
  const double operations = 2 * (load.key_numbers + load.value_numbers) * load.cache_heads * queries * streams * seen;
  const double rate = card[prompt ? Coefficient::kAttentionPrompt : Coefficient::kAttentionBatch];
  const double reading =
      columns.prompt ? 0 : bytes * card[Coefficient::kCacheRead] / card.bandwidth;  // next to nothing
  const double computing = operations * rate / card.compute;
  const double tiles = std::max(1e-9, load.cache_heads * streams) * std::max(1.0, std::ceil(each * shared / kQueries));
  const double parts = std::min(card.units / tiles, cells / kPieceCells) * card[Coefficient::kAttentionPartUs] * 1e-6;
  time.bytes += load.layers * bytes;
  time.reading += load.layers * reading;
  time.computing += load.layers * computing;
  return joined(reading, computing) + parts;
}

double one_layer(const AttentionLoad& load, const Columns& columns, const Card& card, PartTime& time) {
  const double cells = padded_cells(load.window, columns);
  double seconds = load.latent ? card[Coefficient::kLatentUs] * 1e-6 : 0;
  if (cells <= 0) return seconds;
  if (columns.quantized_cache && !columns.prompt) seconds += kRotations * card[Coefficient::kLaunchUs] * 1e-6;
  if (!columns.flash_attention) {
    const double numbers =
        columns.tokens * load.heads * (load.key_numbers + load.value_numbers) * mean_cells(load.window, columns);
    const double bytes = columns.requests * cells * load.cell_bytes +
                         3 * 4 * columns.tokens * load.heads * mean_cells(load.window, columns);
    const double reading = bytes / card.bandwidth;
    const double computing = numbers * card[Coefficient::kAttentionPlain] / card.compute;
    time.bytes += load.layers * bytes;
    time.reading += load.layers * reading;
    time.computing += load.layers * computing;
    return seconds + computing + reading;
  }
  const double shared = load.heads / std::max(load.cache_heads, 1e-9);
  const bool by_vector = columns.tokens <= 1 && !load.latent && load.key_numbers <= kWideHead;
  const bool long_cache = shared > kShared && (load.key_numbers >= kWideHead || cells >= kLongCache);
  if (by_vector && !long_cache) return seconds + vector_seconds(load, cells, columns, card, time);
  const double tiles = tile_seconds(load, cells, columns, card, time);
  if (!by_vector || load.key_numbers >= kWideHead) return seconds + tiles;
  // where kernels change, a longer cache is not taken to be read faster
  PartTime unused;
  return seconds + std::max(tiles, vector_seconds(load, kLongCache - kPaddedCells, columns, card, unused));
}

/// Metal: few tokens pay for the cache or for the query heads, whichever is slower; prompts for operations.
double metal_layer(const AttentionLoad& load, const Columns& columns, const Card& card, PartTime& time) {
  const double each = std::max(1.0, columns.tokens / columns.requests);
  const double cells = columns.unified ? columns.cells : mean_cells(load.window, columns);
  const double operations = 2 * (load.key_numbers + load.value_numbers) * load.heads * columns.tokens * cells;
  if (each >= kMetalVectorTokens) {
    const double computing = operations * card[Coefficient::kAttentionPrompt] / card.compute;
    time.computing += load.layers * computing;
    return computing;
  }
  const double bytes = columns.tokens * cells * load.cell_bytes;
  const double reading = bytes * card[Coefficient::kCacheRead] / card.bandwidth;
  const double computing = operations * card[Coefficient::kAttentionHeads] / card.compute;
  time.bytes += load.layers * bytes;
  time.reading += load.layers * reading;
  time.computing += load.layers * computing;
  return std::max(reading, computing);
}

}  // namespace

double mean_cells(double window, const Columns& columns) {
  const double each = std::max(1.0, columns.tokens / columns.requests);
  const double cells = window > 0 ? std::min(columns.cells, up(window, kPaddedCells) + each) : columns.cells;
  if (columns.unified) return columns.cells;
  return std::max(0.0, cells - (each - 1) / 2);
}

double cache_bytes(const PlaceLoad& load, const Columns& columns) {
  double bytes = 0;
  for (const AttentionLoad& attention : load.attention)
    bytes += attention.layers * padded_cells(attention.window, columns) * attention.cell_bytes;
  return bytes * (columns.unified ? 1 : columns.requests);
}

PartTime attention_time(const PlaceLoad& load, const Columns& columns, const Card& card) {
  PartTime time;
  for (const AttentionLoad& attention : load.attention) {
    time.seconds += attention.layers * (card.row->kernels.metal ? metal_layer(attention, columns, card, time)
                                                                : one_layer(attention, columns, card, time));
  }
  return time;
}

}  // namespace lfmfit::speed
