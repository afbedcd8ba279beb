#include "core/mlx/cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

#include "core/base/number_text.hpp"
#include "core/model/blocks/block.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::mlx {

namespace {

constexpr std::int64_t kCacheBytes = 2, kRecurrenceBytes = 4;  // BF16 caches and convolutions, F32 recurrences
constexpr double kSharedBits = 32;                             // a scale and a bias of 16 bits for each group

const Attention* attention_in(const Block& block) {
  if (const auto* both = std::get_if<ParallelMixer>(&block.mixer)) return &both->attention;
  return std::get_if<Attention>(&block.mixer);
}

std::int64_t window_of(const Block& block) {
  const Attention* attention = attention_in(block);
  return attention != nullptr ? attention->window : 0;
}

/// Whether mlx-lm makes the usual cache for all layers: --max-kv-size changes no other.
bool is_plain(const Model& model) {
  return std::all_of(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
    return std::holds_alternative<Attention>(block.mixer) && window_of(block) == 0;
  });
}

/// Tokens that a cache has room for which keeps `most` at most; 0: all.
std::int64_t cells_of(std::int64_t most, const Question& question) {
  const std::int64_t tokens = round_up(question.request.context.count(), question.mlx->facts->cache_step);
  return most == 0 ? tokens : std::min(tokens, most + *question.mlx->request.prefill_step_size - 1);
}

/// Bytes of one number of the cache once it is quantized.
double quantized_bytes(const MlxRequest& request) {
  return (static_cast<double>(*request.kv_bits) + kSharedBits / static_cast<double>(*request.kv_group_size)) / 8;
}

void require_quantizable(const Block& block, const Question& question) {
  const Attention* attention = attention_in(block);
  if (attention == nullptr) return;
  const std::int64_t group = *question.mlx->request.kv_group_size;
  if (attention->window > 0)
    throw Error(ErrorKind::kUnsupported,
                fmt::format("mlx-lm quantizes no caches of sliding windows, and {} has them; leave out kv_bits",
                            question.model->card.id));
  if (attention->head_dim_k % group != 0 || attention->head_dim_v % group != 0)
    throw Error(ErrorKind::kUnsupported, fmt::format("heads of {} numbers are no whole groups of {}; give another "
                                                     "kv_group_size",
                                                     attention->head_dim_k, group));
}

void require_possible(const Question& question) {
  const MlxRequest& request = question.mlx->request;
  if (request.max_kv_size && request.kv_bits)
    throw Error(ErrorKind::kUnsupported,
                "mlx-lm quantizes no cache that max_kv_size limits; leave out kv_bits or max_kv_size");
  if (request.max_kv_size && !is_plain(*question.model))
    throw Error(ErrorKind::kUnsupported,
                fmt::format("mlx-lm gives {} caches of its own kinds and takes no notice of max_kv_size; leave it out",
                            question.model->card.id));
}

/// Tokens whose cache is BF16 at most: quantizing waits for the end of the chunk in which it starts.
std::int64_t plain_tokens(const Question& question) {
  const MlxRequest& request = question.mlx->request;
  const std::int64_t tokens = cells_of(0, question);
  if (!request.kv_bits) return tokens;
  return std::min(tokens, round_up(std::max<std::int64_t>(*request.quantized_kv_start, 1), *request.prefill_step_size));
}

/// "4,096 tokens in steps of 256 x 12,288 B": what a token takes where no layer keeps fewer than all.
std::string formula_of(const Question& question, Bytes bytes) {
  const std::string text = fmt::format("{} tokens in steps of {}", grouped(question.request.context.count()),
                                       question.mlx->facts->cache_step);
  const std::vector<Block>& blocks = question.model->blocks;
  const bool limited =
      question.mlx->request.max_kv_size ||
      std::any_of(blocks.begin(), blocks.end(), [](const Block& block) { return window_of(block) > 0; });
  if (limited) return text + ", fewer where a cache is limited";
  return text + fmt::format(" x {} B", grouped(bytes.count() / cells_of(0, question)));
}

Bytes whole(double bytes) { return Bytes(static_cast<std::int64_t>(std::min(std::ceil(bytes), 9e18))); }

}  // namespace

Cache cache_of(const Question& question) {
  require_possible(question);
  const MlxRequest& request = question.mlx->request;
  Cache cache;
  double quantized = 0;
  Bytes plain;
  for (const Block& block : question.model->blocks) {
    const CacheRow row = cache_row(block);
    const std::int64_t numbers = row.k_columns + row.v_columns + row.index_columns;
    const std::int64_t most = std::max(window_of(block), request.max_kv_size.value_or(0));
    const std::int64_t cells = request.kv_bits ? plain_tokens(question) : cells_of(most, question);
    const Bytes layer(checked_multiply(checked_multiply(cells, numbers), kCacheBytes));
    plain += layer;
    cache.widest_layer = std::max(cache.widest_layer, layer);
    if (request.kv_bits) {
      require_quantizable(block, question);
      quantized += static_cast<double>(checked_multiply(cells_of(0, question), numbers)) * quantized_bytes(request);
    }
    const StateRow state = state_row(block, *question.model);
    cache.states += Bytes(checked_add(checked_multiply(state.convolution, kCacheBytes),
                                      checked_multiply(state.recurrence, kRecurrenceBytes)));
  }
  const bool stays_plain = !request.kv_bits || question.request.context.count() <= *request.quantized_kv_start;
  cache.tokens = stays_plain ? plain : std::max(plain, whole(quantized));
  cache.formula = !stays_plain && plain > whole(quantized)
                      ? fmt::format("BF16 until {} tokens, before it is quantized", grouped(plain_tokens(question)))
                      : formula_of(question, cache.tokens);
  return cache;
}

}  // namespace lfmfit::mlx
