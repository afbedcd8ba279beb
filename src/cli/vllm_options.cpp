#include "cli/vllm_options.hpp"

#include "cli/command_line.hpp"

namespace lfmfit::cli {

namespace {

constexpr const char* kVllmGroup = "vLLM";

void add_sharing(CommandLine& line, VllmRequest& vllm) {
  line.number("--tensor-parallel-size", vllm.tensor_parallel_size, "GPUs that share each layer (-tp)",
              {.group = kVllmGroup});
  line.number("--pipeline-parallel-size", vllm.pipeline_parallel_size,
              "GPUs that take layers one after the other (-pp)", {.group = kVllmGroup});
  line.number("--data-parallel-size", vllm.data_parallel_size, "replicas (-dp)", {.group = kVllmGroup});
  line.flag("--enable-expert-parallel", vllm.enable_expert_parallel, true,
            "whole experts on each GPU, not parts of each", kVllmGroup);
}

void add_limits(CommandLine& line, Asked& asked) {
  VllmRequest& vllm = asked.vllm;
  line.number("--gpu-memory-utilization", vllm.gpu_memory_utilization, "share of each card that is asked for: 0.92",
              {.group = kVllmGroup});
  line.text("--max-model-len", asked.max_model_len,
            "tokens of a request: 32k, max (the model's own, if not given), or auto (the longest that starts)",
            {.group = kVllmGroup});
  line.number("--max-num-seqs", vllm.max_num_seqs, "requests at once", {.group = kVllmGroup});
  line.number("--max-num-batched-tokens", vllm.max_num_batched_tokens, "tokens of a step", {.group = kVllmGroup});
  line.size("--device-memory", vllm.device, "what the driver reports as a card's total, if not the device's: 79.18GiB",
            {.group = kVllmGroup});
}

void add_cache(CommandLine& line, Asked& asked) {
  VllmRequest& vllm = asked.vllm;
  line.text("--kv-cache-dtype", vllm.kv_cache_dtype, "type of the cache: auto, fp8, ...", {.group = kVllmGroup});
  line.number("--block-size", vllm.block_size, "tokens of a block", {.group = kVllmGroup});
  line.flag("--enable-prefix-caching", vllm.enable_prefix_caching, true, "keep what requests have in common",
            kVllmGroup);
  line.flag("--no-enable-prefix-caching", vllm.enable_prefix_caching, false, "do not", kVllmGroup);
  line.size("--kv-cache-memory-bytes", vllm.kv_cache_memory, "of cache on each GPU: nothing is profiled then",
            {.group = kVllmGroup});
  line.text(
      "--speculative-config", asked.speculative.type,
      "what drafts tokens ahead, in JSON: {\"method\": \"mtp\", \"num_speculative_tokens\": 2}; also ngram, eagle, "
      "eagle3, and draft_model with a \"model\"",
      {.group = kVllmGroup, .type = "JSON"});
  line.flag("--enforce-eager", vllm.enforce_eager, true, "no CUDA graphs", kVllmGroup);
  line.number("--max-loras", vllm.max_loras, "slots of LoRA adapters", {.group = kVllmGroup});
  line.number("--max-lora-rank", vllm.max_lora_rank, "rank that a slot has room for", {.group = kVllmGroup});
}

}  // namespace

void add_vllm_options(CommandLine& line, Asked& asked) {
  add_sharing(line, asked.vllm);
  add_limits(line, asked);
  add_cache(line, asked);
}

}  // namespace lfmfit::cli
