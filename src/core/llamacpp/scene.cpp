#include "core/llamacpp/scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "core/base/limits.hpp"
#include "core/llamacpp/placement.hpp"
#include "core/model/blocks/block.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/memory.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxSequences = 256;  // LLAMA_MAX_SEQ
constexpr std::int64_t kMaxDraft = 256;
constexpr std::int64_t kMaxCacheMib = std::int64_t{1} << 24;
constexpr std::int64_t kMaxThreads = 4096;
constexpr std::int64_t kUsualPrompt = 512;                 // as llama-bench takes
constexpr std::int64_t kMaxBatch = std::int64_t{1} << 22;  // no GPU could hold the activations of more

bool is_causal(const Model& model) {
  return model.causal && std::none_of(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
           const auto* attention = std::get_if<Attention>(&block.mixer);
           return attention != nullptr && !attention->cached;
         });
}

template <class... Values>
void require(bool holds, fmt::format_string<const Values&...> message, const Values&... values) {
  if (!holds) throw Error(ErrorKind::kBadRequest, fmt::format(message, values...));
}

void require_split(const Request& request) {
  const std::vector<double>& split = request.tensor_split;
  require(static_cast<std::int64_t>(split.size()) <= std::max<std::int64_t>(request.gpu_count, 1),
          "tensor_split names {} GPUs, and there are {}", split.size(), request.gpu_count);
  const auto negative = [](double part) { return !(part >= 0 && std::isfinite(part)); };
  require(std::none_of(split.begin(), split.end(), negative), "proportions of tensor_split must not be negative");
  const auto nothing = [](double part) { return part == 0; };
  require(split.empty() || !std::all_of(split.begin(), split.end(), nothing), "tensor_split must not be all 0");
  require(request.main_gpu >= 0 && request.main_gpu < std::max<std::int64_t>(request.gpu_count, 1),
          "main_gpu must be the number of a GPU, from 0 to {}", std::max<std::int64_t>(request.gpu_count, 1) - 1);
}

void require_gpus(const Request& request, std::int64_t least) {
  require(request.gpu_count >= least && request.gpu_count <= kMaxGpus,
          "the number of GPUs must lie between 1 and {}, or be 0 with backend cpu", kMaxGpus);
}

}  // namespace

Tokens tokens_of_each(const Request& request) {
  const std::int64_t sharers = request.kv_unified ? 1 : std::max<std::int64_t>(request.parallel, 1);
  return Tokens(request.context.count() / sharers);
}

Tokens prompt_of(const Request& request) {
  return Tokens(request.prompt.value_or(std::max(kUsualPrompt, std::min(request.ubatch, request.batch))));
}

void validate(const Request& request) {
  require(request.context.count() >= 1, "the context must be at least 1 token; leave it out for 4096");
  require(request.context.count() <= kMaxContext, "the context must not exceed {} tokens", kMaxContext);
  require(request.parallel >= 1 && request.parallel <= kMaxSequences, "parallel must lie between 1 and {} sequences",
          kMaxSequences);
  require(request.batch >= 1 && request.batch <= kMaxBatch, "batch must lie between 1 and {} tokens", kMaxBatch);
  require(request.ubatch >= 1 && request.ubatch <= kMaxBatch, "ubatch must lie between 1 and {} tokens", kMaxBatch);
  require(!request.outputs || *request.outputs >= 1, "outputs must be at least 1, or \"all\"");
  require(request.gpu_layers >= -1, "gpu_layers must be -1 (all) or a number of layers");
  require(request.n_cpu_moe >= 0, "n_cpu_moe must not be negative");
  require(request.moe_cache_mib >= 0 && request.moe_cache_mib <= kMaxCacheMib,
          "moe_cache_mib must lie between 0 and {}", kMaxCacheMib);
  require(request.draft_tokens >= 0 && request.draft_tokens <= kMaxDraft, "a draft has at most {} tokens", kMaxDraft);
  if (request.gpu_count != kAllGpus) {
    require_gpus(request, 0);
    require_split(request);
  }
  require(request.depth.count() >= 0 && request.depth.count() <= kMaxContext,
          "the depth must lie between 0 and {} tokens", kMaxContext);
  const std::int64_t prompt = request.prompt.value_or(1), threads = request.threads.value_or(1);
  require(prompt >= 1 && prompt <= kMaxContext, "the prompt must lie between 1 and {} tokens", kMaxContext);
  require(threads >= 1 && threads <= kMaxThreads, "threads must lie between 1 and {}", kMaxThreads);
}

void validate(const Request& request, const Backend& backend) {
  validate(request);
  if (request.gpu_count != kAllGpus) require_gpus(request, backend.is_cpu ? 0 : 1);
}

bool may_read_every_row(const Request& request) {
  const bool pools = request.pooling.value_or(Pooling::kNone) != Pooling::kNone;
  return request.all_outputs || request.embeddings || (pools && !request.outputs);
}

Scene resolve(const Request& request, const Model& model) {
  validate(request);
  Scene scene;
  scene.sequences = request.parallel;
  const std::int64_t rows = request.parallel * (1 + request.draft_tokens);
  // what a model of its own drafts is taken back by other means (common_params_speculative::need_n_rs_seq)
  scene.states = request.drafting == Drafting::kModel ? request.parallel : rows;
  scene.streams = request.kv_unified ? 1 : request.parallel;
  const std::int64_t context = round_up(request.context.count(), kCellStep);
  const std::int64_t per_sequence = request.kv_unified ? context : round_up(context / request.parallel, kCellStep);
  scene.context_per_sequence = Tokens(per_sequence);
  scene.context = request.kv_unified ? Tokens(context) : Tokens(per_sequence) * request.parallel;
  scene.embeddings = request.embeddings;
  scene.pooling = request.pooling.value_or(model.pooling);
  // llama-server computes an embedding within one micro-batch
  const std::int64_t batch = request.embeddings ? std::min(request.batch, request.ubatch) : request.batch;
  // the batch is limited by the context as asked for, before padding
  scene.batch = is_causal(model) ? std::min(batch, request.context.count()) : batch;
  scene.ubatch = std::min({scene.batch, request.ubatch, scene.context.count()});
  const std::int64_t outputs = may_read_every_row(request) ? scene.batch : request.outputs.value_or(rows);
  // graphs are planned for as many tokens of each sequence; graph_reserve once asked for all their rows
  scene.outputs =
      release_of(request).limits_outputs ? std::min(scene.ubatch, outputs) : round_up(scene.ubatch, scene.sequences);
  scene.flash_attention = request.flash_attention != FlashAttention::kOff;
  scene.values_transposed = !scene.flash_attention;
  return scene;
}

CacheSizes cache_sizes(const Request& request, const Model& model, const Scene& scene) {
  CacheSizes sizes;
  sizes.full = scene.context_per_sequence.count();
  for (const Block& block : model.blocks) {
    const auto* attention = std::get_if<Attention>(&block.mixer);
    if (attention == nullptr || !attention->sliding) continue;
    const std::int64_t windows = request.kv_unified ? request.parallel : 1;
    const std::int64_t needed = checked_add(checked_multiply(attention->window, windows), scene.ubatch);
    sizes.sliding = request.swa_full ? sizes.full : round_up(std::min(sizes.full, needed), kCellStep);
  }
  return sizes;
}

}  // namespace lfmfit
