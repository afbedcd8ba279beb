#include <array>
#include <utility>

#include "readers/load_log_parts.hpp"
#include "readers/log_line.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kLongestValue = 1024;

std::string value_text(std::string_view text) { return std::string(text.substr(0, kLongestValue)); }

void take_numbers(std::string_view line, VllmLog& vllm) {
  const std::array<std::pair<std::string_view, std::optional<std::int64_t>*>, 8> numbers = {
      {{"max_seq_len", &vllm.max_model_len},
       {"max_model_len", &vllm.max_model_len},
       {"max_num_seqs", &vllm.max_num_seqs},
       {"max_num_batched_tokens", &vllm.max_num_batched_tokens},
       {"block_size", &vllm.block_size},
       {"tensor_parallel_size", &vllm.tensor_parallel},
       {"pipeline_parallel_size", &vllm.pipeline_parallel},
       {"data_parallel_size", &vllm.data_parallel}}};
  for (const auto& [key, field] : numbers) {
    const auto value = value_of(line, key);
    const auto number = value ? leading_integer(*value) : std::nullopt;
    if (number && *number > 0) *field = number;
  }
  if (const auto value = value_of(line, "gpu_memory_utilization"); value && leading_number(*value))
    vllm.utilization = leading_number(*value);
}

/// "Initializing a V1 LLM engine (v0.11.0) with config: model='Qwen/Qwen3-14B', ...", and "non-default args: {...}"
void take_settings(std::string_view line, VllmLog& vllm) {
  if (const auto version = between(line, "LLM engine (v", ")"); version) vllm.version = value_text(*version);
  if (const auto version = behind(line, "vLLM API server version "); version)
    vllm.version = value_text(first_word(*version));
  take_numbers(line, vllm);
  if (const auto value = value_of(line, "model"); value) vllm.model = value_text(*value);
  if (const auto value = value_of(line, "model_tag"); value && vllm.model.empty()) vllm.model = value_text(*value);
  if (const auto value = value_of(line, "quantization"); value && *value != "None")
    vllm.quantization = value_text(*value);
  if (const auto value = value_of(line, "kv_cache_dtype"); value) vllm.kv_cache_dtype = value_text(*value);
  if (const auto value = value_of(line, "enforce_eager"); value) vllm.eager = leading_flag(*value);
  if (const auto value = value_of(line, "enable_prefix_caching"); value) vllm.prefix_caching = leading_flag(*value);
}

std::optional<Bytes> size_behind(std::string_view line, std::string_view mark) {
  const auto rest = behind(line, mark);
  return rest ? leading_size(*rest) : std::nullopt;
}

void take_sizes(std::string_view line, VllmLog& vllm) {
  const std::array<std::pair<std::string_view, std::optional<Bytes>*>, 9> marks = {
      {{"Model loading took ", &vllm.weights},
       {"model weights take ", &vllm.weights},
       {"Available KV cache memory: ", &vllm.cache},
       {"reserved for KV Cache is ", &vllm.cache},
       {"activation peak memory takes ", &vllm.activation},
       {"non_torch_memory takes ", &vllm.other},
       {"total_gpu_memory (", &vllm.total},
       {"has a total capacity of ", &vllm.total},
       {"secs, took ", &vllm.graphs}}};
  for (const auto& [mark, field] : marks) {
    if (const auto size = size_behind(line, mark); size && *size > Bytes(0)) *field = size;
  }
  if (const auto rest = behind(line, "GPU KV cache size: "); rest) vllm.cache_tokens = leading_integer(*rest);
  if (const auto rest = behind(line, " tokens per request: ");
      rest && line.find("Maximum concurrency") != std::string_view::npos) {
    vllm.concurrency = leading_number(*rest);
    if (const auto length = behind(line, "Maximum concurrency for "); length && leading_integer(*length))
      vllm.max_model_len = leading_integer(*length);
  }
  if (const auto share = between(line, "gpu_memory_utilization (", ")"); share && leading_number(*share))
    vllm.utilization = leading_number(*share);
}

void take_refusal(std::string_view line, LoadLog& log) {
  const auto set = [&](std::optional<MemoryUse> use, std::optional<Bytes> asked, std::optional<Bytes> there) {
    if (!log.failure) log.failure = LogFailure{"", use, asked, there};
  };
  if (const auto rest = behind(line, "CUDA out of memory. Tried to allocate "); rest)
    set(std::nullopt, leading_size(*rest), size_behind(line, "of which "));
  if (const auto rest = between(line, "Free memory on device", ") on startup"); rest) {
    const std::size_t open = rest->find('('), slash = rest->find('/');
    if (open == std::string_view::npos || slash == std::string_view::npos || open > slash) return;
    const std::string free = value_text(rest->substr(open + 1, slash - open - 1)) + " GiB";
    if (log.vllm && !log.vllm->total) log.vllm->total = leading_size(rest->substr(slash + 1));
    set(std::nullopt, size_behind(line.substr(line.find("utilization")), ", "), leading_size(free));
  }
  if (const std::size_t end = line.find(" KV cache is needed"); end != std::string_view::npos) {
    const std::size_t open = line.substr(0, end).rfind('(');
    if (open != std::string_view::npos)
      set(MemoryUse::kKvCache, leading_size(line.substr(open + 1)), size_behind(line, "available KV cache memory ("));
  }
  if (line.find("No available memory for the cache blocks") != std::string_view::npos)
    set(MemoryUse::kKvCache, std::nullopt, Bytes(0));
}

}  // namespace

void take_vllm_line(std::string_view line, LoadLog& log) {
  const bool begins = line.find("LLM engine (v") != std::string_view::npos ||
                      line.find("vLLM API server version ") != std::string_view::npos ||
                      line.find("non-default args: ") != std::string_view::npos;
  const bool says = line.find("Available KV cache memory: ") != std::string_view::npos ||
                    line.find("GPU KV cache size: ") != std::string_view::npos ||
                    line.find("Model loading took ") != std::string_view::npos;
  if ((begins || says) && !log.vllm) {
    log.vllm.emplace();
    log.program = LoadLog::Program::kVllm;
  }
  if (!log.vllm) return;
  if (begins || line.find("max_num_batched_tokens=") != std::string_view::npos) take_settings(line, *log.vllm);
  take_sizes(line, *log.vllm);
  take_refusal(line, log);
}

}  // namespace lfmfit
