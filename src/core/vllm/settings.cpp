#include "core/vllm/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "core/base/limits.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::vllm {

namespace {

constexpr std::int64_t kMostRequests = 1 << 20, kMostTokens = 1 << 24, kLargestBlock = 1 << 20;

std::int64_t whole(const char* name, const std::optional<std::int64_t>& asked, std::int64_t usual, std::int64_t most) {
  const std::int64_t value = asked.value_or(usual);
  if (value >= 1 && value <= most) return value;
  throw Error(ErrorKind::kBadRequest, fmt::format("\"{}\" must be from 1 to {}, not {}", name, most, value));
}

double utilization_of(const VllmRequest& request, const VllmVersion& version) {
  const double share = request.gpu_memory_utilization.value_or(version.utilization);
  if (share > 0 && share <= 1) return share;
  throw Error(
      ErrorKind::kBadRequest,
      fmt::format("\"gpu_memory_utilization\" is a share of the card: more than 0 and at most 1, not {:g}", share));
}

const VllmCacheType& cache_type_of(const VllmRequest& request, const VllmFacts& facts) {
  const std::string name = request.kv_cache_dtype.value_or(facts.cache_types.front().name);
  std::string known;
  for (const VllmCacheType& type : facts.cache_types) {
    if (type.name == name) return type;
    known += (known.empty() ? "" : ", ") + type.name;
  }
  throw Error(ErrorKind::kBadRequest, fmt::format("vLLM has no kv_cache_dtype \"{}\"; it has {}", name, known));
}

/// What a card's driver reports, by the request or by the device.
std::optional<Bytes> total_of(const Question& question) {
  if (question.vllm->request.device) return question.vllm->request.device;
  if (question.device == nullptr) return std::nullopt;
  const Device& card = gpu_of(*question.device, 0);
  return card.total.value > Bytes(0) ? card.total.value : card.usable;
}

bool is_of(const VllmBatch& batch, const VllmFacts& facts, const VllmVersion& version) {
  const auto names = [&](const VllmBatch& one) {
    return std::find(one.versions.begin(), one.versions.end(), version.name) != one.versions.end();
  };
  return batch.versions.empty() ? std::none_of(facts.batches.begin(), facts.batches.end(), names) : names(batch);
}

const VllmBatch& usual_batch(const Settings& settings) {
  const double gib = settings.total ? in_gib(*settings.total) : 0;
  const std::vector<VllmBatch>& batches = settings.facts->batches;
  const auto found = std::find_if(batches.begin(), batches.end(), [&](const VllmBatch& batch) {
    return is_of(batch, *settings.facts, *settings.version) && gib >= batch.least_gib &&
           (batch.except_compute_capability.empty() || batch.except_compute_capability != settings.compute_capability);
  });
  return found != batches.end() ? *found : batches.back();
}

void set_batch(Settings& settings, const Question& question) {
  const VllmRequest& request = question.vllm->request;
  const VllmBatch& usual = usual_batch(settings);
  if (usual.whole_prompts > Tokens(0) && question.longest_context && !request.max_num_batched_tokens)
    throw Error(ErrorKind::kUnsupported,
                fmt::format("vLLM {} finds no max_model_len by itself; name a length", settings.version->name));
  std::int64_t tokens = usual.tokens;
  if (settings.max_model_len <= usual.whole_prompts) tokens = std::max(tokens, settings.max_model_len.count());
  settings.requests = whole("max_num_seqs", request.max_num_seqs, usual.requests, kMostRequests);
  settings.tokens =
      whole("max_num_batched_tokens", request.max_num_batched_tokens, std::max(tokens, settings.requests), kMostTokens);
  if (!request.max_num_seqs) settings.requests = std::min(settings.requests, settings.tokens);
}

void set_parallel(Settings& settings, const Question& question, const VllmRequest& request) {
  settings.tensor_parallel = whole("tensor_parallel_size", request.tensor_parallel_size, 1, kMaxGpus);
  settings.pipeline_parallel = whole("pipeline_parallel_size", request.pipeline_parallel_size, 1, kMaxGpus);
  settings.data_parallel = whole("data_parallel_size", request.data_parallel_size, 1, kMaxGpus);
  settings.whole_experts = request.enable_expert_parallel.value_or(false);
  const std::int64_t gpus = settings.gpus();
  // one card's name stands for as many of it as are needed
  const std::int64_t there =
      question.device == nullptr || question.device->gpus <= 1 ? std::int64_t{kMaxGpus} : question.device->gpus;
  if (gpus <= there) return;
  throw Error(ErrorKind::kBadRequest,
              fmt::format("tensor x pipeline x data parallel asks for {} GPUs, and there are {}", gpus, there));
}

const CheckpointForm& form_of(const Question& question) {
  for (const CheckpointForm& form : *question.vllm->forms) {
    if (&form.row == question.quantization) return form;
  }
  throw Error(ErrorKind::kBadRequest,
              question.quantization->name + " is no form that vLLM loads; `lfmfit list runtimes` names those");
}

/// Plain attention and feed-forward parts, whose runner is another.
bool is_dense(const Model& model) {
  return std::all_of(model.blocks.begin(), model.blocks.end(), [](const Block& block) {
    return std::holds_alternative<Attention>(block.mixer) &&
           !std::holds_alternative<MixtureOfExperts>(block.feed_forward);
  });
}

const VllmProfile& profile_called(const VllmFacts& facts, const std::string& name) {
  for (const VllmProfile& profile : facts.profiles) {
    if (profile.name == name) return profile;
  }
  throw Error(ErrorKind::kBadRequest, "vLLM's facts have no profile \"" + name + "\"");
}

void require_backend(const Question& question) {
  const std::vector<std::string>& known = question.vllm->facts->backends;
  if (std::find(known.begin(), known.end(), question.backend->name) != known.end()) return;
  throw Error(ErrorKind::kUnsupported,
              fmt::format("vLLM runs on {}, not on {}", fmt::join(known, " and "), question.backend->name));
}

}  // namespace

Settings settings_of(const Question& question) {
  require_backend(question);
  const VllmRequest& request = question.vllm->request;
  Settings settings;
  settings.facts = question.vllm->facts;
  settings.version = question.vllm->version;
  settings.form = &form_of(question);
  settings.cache_type = &cache_type_of(request, *settings.facts);
  settings.utilization = utilization_of(request, *settings.version);
  settings.total = total_of(question);
  settings.reserve = question.reserve;
  if (question.device != nullptr) settings.compute_capability = gpu_of(*question.device, 0).compute_capability;
  if (question.device != nullptr && question.device->device_class == DeviceClass::kUnified && !request.device)
    settings.reserve += std::max(*settings.total - question.device->usable, Bytes(0));  // the system lies there too
  set_parallel(settings, question, request);
  settings.max_model_len = question.request.context;
  set_batch(settings, question);
  if (request.block_size) settings.block = whole("block_size", request.block_size, 1, kLargestBlock);
  settings.eager = request.enforce_eager.value_or(false);
  settings.dense = is_dense(*question.model);
  settings.sees = tower_parameters(*question.model, *settings.facts) > 0;
  settings.profile =
      &profile_called(*settings.facts, settings.dense ? settings.version->dense_profile : settings.version->profile);
  settings.counts_graphs =
      settings.version->counts_graphs && (settings.version->counts_dense_graphs || !settings.dense);
  settings.prefix_caching = request.enable_prefix_caching.value_or(settings.version->hybrid_prefix_caching);
  settings.cache_bytes = request.kv_cache_memory;
  settings.draft = question.vllm->draft;
  if (request.max_loras || request.max_lora_rank) {
    settings.loras = whole("max_loras", request.max_loras, 1, 4096);
    settings.lora_rank = whole("max_lora_rank", request.max_lora_rank, 16, 4096);
  }
  return settings;
}

std::int64_t tower_parameters(const Model& model, const VllmFacts& facts) {
  for (const VllmTower& tower : facts.towers) {
    if (std::find(tower.models.begin(), tower.models.end(), model.card.id) != tower.models.end())
      return tower.parameters;
  }
  return 0;
}

VllmRequest request_of(const Settings& settings, std::int64_t block) {
  VllmRequest request;
  request.tensor_parallel_size = settings.tensor_parallel;
  request.pipeline_parallel_size = settings.pipeline_parallel;
  request.data_parallel_size = settings.data_parallel;
  request.enable_expert_parallel = settings.whole_experts;
  request.gpu_memory_utilization = settings.utilization;
  request.max_num_seqs = settings.requests;
  request.max_num_batched_tokens = settings.tokens;
  request.kv_cache_dtype = settings.cache_type->name;
  request.block_size = block;
  request.enforce_eager = settings.eager;
  request.enable_prefix_caching = settings.prefix_caching;
  request.kv_cache_memory = settings.cache_bytes;
  request.device = settings.total;
  if (settings.loras > 0) {
    request.max_loras = settings.loras;
    request.max_lora_rank = settings.lora_rank;
  }
  return request;
}

}  // namespace lfmfit::vllm
