#include "core/vllm/cache.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <tuple>
#include <variant>

#include "core/model/blocks/block.hpp"
#include "core/vllm/draft.hpp"
#include "core/vllm/stages.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::vllm {

namespace {

constexpr std::int64_t kKernelBlock = 16;                      // blocks that are made to fit a state are a multiple of
constexpr std::int64_t kStateBytes = 2, kRecurrenceBytes = 4;  // BF16 convolutions, F32 recurrences
constexpr std::int64_t kIndexBytes = 132;  // of a token's key of sparse attention: 128 in FP8 and an F32 scale
constexpr double kLikeSizes = 1.5;  // kinds of layers whose numbers differ by less make groups as large as the larger

/// What one layer keeps, as a kind that layers can share.
struct LayerCache {
  Keeps keeps = Keeps::kAll;
  std::int64_t token_bytes = 0;  ///< of attention
  std::int64_t state_bytes = 0;  ///< of a state, whatever the length
  std::int64_t window = 0;
  std::int64_t block = 0;  ///< tokens; filled in with the rest of the plan
  std::int64_t page = 0;   ///< bytes of a block of this layer

  auto kind() const { return std::tie(keeps, page, block, window); }
};

struct PlacedCache {
  LayerCache cache;
  std::int64_t layer = 0;
};

std::int64_t heads_on_gpu(std::int64_t heads, std::int64_t parts) {
  return std::max<std::int64_t>((heads + parts - 1) / parts, 1);
}

std::int64_t bytes_of(double numbers, const VllmCacheType& type) {
  return static_cast<std::int64_t>(std::ceil(numbers * type.bits / 8));
}

void add_attention(const Attention& attention, const Settings& settings, std::int64_t layer,
                   std::vector<PlacedCache>& caches) {
  if (!attention.cached || attention.shares_cache_of) return;
  const std::int64_t heads = heads_on_gpu(attention.n_head_kv, settings.tensor_parallel);
  const VllmCacheType& type = *settings.cache_type;
  LayerCache cache;
  cache.token_bytes =
      bytes_of(static_cast<double>(heads) * static_cast<double>(attention.head_dim_k + attention.head_dim_v), type) +
      2 * heads * type.bytes_of_scales;
  if (attention.window > 0) {
    cache.keeps = attention.chunked ? Keeps::kChunk : Keeps::kWindow;
    cache.window = attention.window;
  }
  caches.push_back({cache, layer});
}

void add_latent(const LatentAttention& latent, const Settings& settings, std::int64_t layer,
                std::vector<PlacedCache>& caches) {
  LayerCache cache;
  const VllmCacheType& type = *settings.cache_type;
  cache.token_bytes = type.latent_bytes > 0
                          ? type.latent_bytes
                          : bytes_of(static_cast<double>(latent.kv_lora_rank + latent.head_dim_rope), type);
  caches.push_back({cache, layer});
  if (latent.indexer_heads == 0) return;
  LayerCache index;
  index.token_bytes = kIndexBytes;
  caches.push_back({index, layer});
}

void add_state(const Block& block, const Model& model, const Settings& settings, std::int64_t layer,
               std::vector<PlacedCache>& caches) {
  const StateRow row = state_row(block, model);
  LayerCache cache;
  cache.keeps = Keeps::kState;
  const std::int64_t parts = settings.tensor_parallel;
  cache.state_bytes = checked_add(checked_multiply((row.convolution + parts - 1) / parts, kStateBytes),
                                  checked_multiply((row.recurrence + parts - 1) / parts, kRecurrenceBytes));
  if (cache.state_bytes > 0) caches.push_back({cache, layer});
}

void add_caches(const std::vector<Block>& blocks, const Model& model, const Settings& settings,
                const std::function<std::int64_t(std::size_t)>& layer_of, std::vector<PlacedCache>& caches) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::int64_t layer = layer_of(i);
    const Block& block = blocks[i];
    if (const auto* attention = std::get_if<Attention>(&block.mixer)) {
      add_attention(*attention, settings, layer, caches);
    } else if (const auto* latent = std::get_if<LatentAttention>(&block.mixer)) {
      add_latent(*latent, settings, layer, caches);
    } else {
      if (const auto* both = std::get_if<ParallelMixer>(&block.mixer))
        add_attention(both->attention, settings, layer, caches);
      add_state(block, model, settings, layer, caches);
    }
  }
}

/// Of the model, and of what drafts, which lies where the model's last layer does.
std::vector<PlacedCache> caches_of(const Model& model, const Settings& settings) {
  std::vector<PlacedCache> caches;
  add_caches(
      model.blocks, model, settings, [](std::size_t i) { return static_cast<std::int64_t>(i); }, caches);
  const std::vector<Block> drafting = drafting_blocks(model, settings);
  const Model& drafts = settings.draft && settings.draft->model != nullptr ? *settings.draft->model : model;
  const auto last = static_cast<std::int64_t>(model.blocks.size()) - 1;
  add_caches(
      drafting, drafts, settings, [last](std::size_t) { return last; }, caches);
  return caches;
}

/// Whether all layers keep alike, so that they make one group.
bool is_uniform(const std::vector<PlacedCache>& caches) {
  const LayerCache& first = caches.front().cache;
  return std::all_of(caches.begin(), caches.end(), [&](const PlacedCache& one) {
    return one.cache.keeps == first.keeps && one.cache.window == first.window;
  });
}

/// The name of the oldest release with one pool for all kinds of layers.
std::string first_that_mixes(const VllmFacts& facts) {
  std::string name;
  for (const VllmVersion& version : facts.versions) {
    if (version.mixes_layers) name = version.name;
  }
  return name;
}

/// Releases of before one pool for all kinds keep all tokens of a layer with a window beside one without.
void make_alike(std::vector<PlacedCache>& caches, const Model& model, const Settings& settings) {
  if (settings.version->mixes_layers || is_uniform(caches)) return;
  for (PlacedCache& one : caches) {
    if (one.cache.keeps == Keeps::kState)
      throw Error(ErrorKind::kUnsupported, "how vLLM " + settings.version->name + " lays out the states of " +
                                               model.card.id + " is not known to lfmfit; it is from " +
                                               first_that_mixes(*settings.facts) + " on");
    one.cache.keeps = Keeps::kAll;
    one.cache.window = 0;
  }
}

/// The size of a block of attention: what was asked or is usual, and no less than a state needs.
std::int64_t block_of(const std::vector<PlacedCache>& caches, const Model& model, const Settings& settings) {
  const bool latent = std::any_of(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
    return std::holds_alternative<LatentAttention>(block.mixer);
  });
  const std::int64_t usual = latent ? settings.facts->latent_block : settings.facts->block;
  std::int64_t state = 0, token = 0;
  for (const PlacedCache& one : caches) {
    state = std::max(state, one.cache.state_bytes);
    if (one.cache.keeps == Keeps::kAll) token = std::max(token, one.cache.token_bytes);
  }
  const std::int64_t asked = settings.block > 0 ? settings.block : usual;
  if (state == 0 || token == 0) return asked;
  const std::int64_t step = kKernelBlock * token;
  return std::max(asked, kKernelBlock * ((state + step - 1) / step));
}

void set_pages(std::vector<PlacedCache>& caches, std::int64_t block) {
  std::int64_t attention = 0;
  for (PlacedCache& one : caches) {
    LayerCache& cache = one.cache;
    cache.block = block;
    cache.page = cache.keeps == Keeps::kState ? cache.state_bytes : checked_multiply(cache.token_bytes, block);
    if (cache.keeps == Keeps::kAll) attention = std::max(attention, cache.page);
  }
  for (PlacedCache& one : caches) {
    if (one.cache.keeps == Keeps::kState) one.cache.page = std::max(one.cache.page, attention);
  }
}

/// Makes the pages of all layers as large as the largest: blocks of more tokens, or padding.
std::int64_t unify_pages(std::vector<PlacedCache>& caches) {
  std::int64_t page = 0;
  for (const PlacedCache& one : caches) page = std::max(page, one.cache.page);
  for (PlacedCache& one : caches) {
    LayerCache& cache = one.cache;
    if (cache.keeps != Keeps::kState && page % cache.page == 0) cache.block *= page / cache.page;
    cache.page = page;
  }
  return page;
}

using Bucket = std::vector<const PlacedCache*>;

/// Layers that keep the same, in the order in which their kinds first occur.
std::vector<Bucket> buckets_of(const std::vector<PlacedCache>& caches) {
  std::vector<Bucket> buckets;
  for (const PlacedCache& one : caches) {
    const auto same = std::find_if(buckets.begin(), buckets.end(), [&](const Bucket& bucket) {
      return bucket.front()->cache.kind() == one.cache.kind();
    });
    if (same == buckets.end()) {
      buckets.push_back({&one});
    } else {
      same->push_back(&one);
    }
  }
  return buckets;
}

std::size_t group_size_of(const std::vector<Bucket>& buckets) {
  std::size_t least = buckets.front().size(), most = 0;
  for (const Bucket& bucket : buckets) {
    least = std::min(least, bucket.size());
    most = std::max(most, bucket.size());
  }
  return static_cast<double>(most) < kLikeSizes * static_cast<double>(least) ? most : least;
}

CacheGroup group_like(const LayerCache& cache) { return {cache.keeps, cache.block, cache.window, {}}; }

void add_groups(const std::vector<Bucket>& buckets, CachePlan& plan) {
  const std::size_t size = group_size_of(buckets);
  for (const Bucket& bucket : buckets) {
    const std::size_t count = (bucket.size() + size - 1) / size;
    for (std::size_t first = 0; first < count; ++first) {
      plan.groups.push_back(group_like(bucket.front()->cache));
      for (std::size_t i = first; i < bucket.size(); i += count) plan.groups.back().layers.push_back(bucket[i]->layer);
    }
  }
}

std::int64_t layers_on(const CacheGroup& group, const std::vector<int>& stages, std::size_t stage) {
  return std::count_if(group.layers.begin(), group.layers.end(), [&](std::int64_t layer) {
    return static_cast<std::size_t>(stages[static_cast<std::size_t>(layer)]) == stage;
  });
}

std::int64_t blocks_for(std::int64_t tokens, std::int64_t block) { return (tokens + block - 1) / block; }

}  // namespace

CachePlan plan_cache(const Model& model, const Settings& settings) {
  std::vector<PlacedCache> caches = caches_of(model, settings);
  if (caches.empty()) {
    throw Error(ErrorKind::kUnsupported,
                model.card.id + " keeps no cache; how vLLM runs such models is not known to lfmfit");
  }
  make_alike(caches, model, settings);
  CachePlan plan;
  plan.block = block_of(caches, model, settings);
  set_pages(caches, plan.block);
  plan.has_states = std::any_of(caches.begin(), caches.end(),
                                [](const PlacedCache& one) { return one.cache.keeps == Keeps::kState; });
  const auto stage_count = static_cast<std::size_t>(settings.pipeline_parallel);
  const std::vector<int> stages = stages_of(static_cast<std::int64_t>(model.blocks.size()), settings.pipeline_parallel);
  plan.page_bytes.assign(stage_count, 0);
  if (is_uniform(caches)) {
    plan.groups.push_back(group_like(caches.front().cache));
    for (const PlacedCache& one : caches) {
      plan.groups.front().layers.push_back(one.layer);
      std::int64_t& bytes = plan.page_bytes[static_cast<std::size_t>(stages[static_cast<std::size_t>(one.layer)])];
      bytes = checked_add(bytes, one.cache.page);
    }
    return plan;
  }
  const std::int64_t page = unify_pages(caches);
  add_groups(buckets_of(caches), plan);
  for (std::size_t stage = 0; stage < stage_count; ++stage) {
    for (const CacheGroup& group : plan.groups) {
      plan.page_bytes[stage] =
          std::max(plan.page_bytes[stage], checked_multiply(page, layers_on(group, stages, stage)));
    }
  }
  return plan;
}

std::int64_t blocks_of(const CachePlan& plan, Bytes bytes, std::size_t stage) {
  const std::int64_t page = plan.page_bytes[stage];
  return page > 0 ? std::max<std::int64_t>(bytes.count(), 0) / page : INT64_MAX;
}

std::int64_t blocks_a_request(const CachePlan& plan, const Settings& settings, Tokens length) {
  std::int64_t blocks = 0;
  for (const CacheGroup& group : plan.groups) {
    const std::int64_t all = length.count();
    switch (group.keeps) {
      case Keeps::kAll: blocks += blocks_for(all, group.block); break;
      case Keeps::kWindow:
        blocks += blocks_for(std::min(group.window - 1 + settings.tokens, all), group.block) + 1;
        break;
      case Keeps::kChunk: blocks += blocks_for(std::min(group.window + settings.tokens, all), group.block); break;
      case Keeps::kState:
        blocks += (settings.prefix_caching && plan.groups.size() > 1 ? 1 : 0) + settings.tokens_a_request();
        break;
    }
  }
  return blocks;
}

Tokens longest_request(const CachePlan& plan, const Settings& settings, std::int64_t blocks, Tokens limit) {
  std::int64_t fits = 0, too_long = limit.count() + 1;
  while (too_long - fits > 1) {
    const std::int64_t middle = fits + (too_long - fits) / 2;
    (blocks_a_request(plan, settings, Tokens(middle)) <= blocks ? fits : too_long) = middle;
  }
  return Tokens(fits);
}

}  // namespace lfmfit::vllm
