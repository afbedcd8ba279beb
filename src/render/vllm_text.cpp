#include "render/vllm_text.hpp"

#include <fmt/format.h>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

std::string gib_text(Bytes bytes) { return fmt::format("{:.2f} GiB", in_gib(bytes)); }

Style style_of(VllmVerdict verdict) {
  switch (verdict) {
    case VllmVerdict::kStarts: return Style::kGood;
    case VllmVerdict::kOverruns: return Style::kFair;
    case VllmVerdict::kMayRefuse: return Style::kPoor;
    case VllmVerdict::kRefuses: break;
  }
  return Style::kBad;
}

const char* verdict_line(VllmVerdict verdict) {
  switch (verdict) {
    case VllmVerdict::kStarts: return "vLLM starts";
    case VllmVerdict::kOverruns: return "vLLM starts, but CUDA graphs may overrun its share";
    case VllmVerdict::kMayRefuse: return "vLLM may refuse to start";
    case VllmVerdict::kRefuses: break;
  }
  return "vLLM refuses to start";
}

/// The fullest GPU: that with the smallest cache.
int told_gpu(const MemoryLedger& ledger) {
  int told = 0;
  for (int gpu = 1; gpu < ledger.gpu_count; ++gpu) {
    if (ledger.sum(MemoryUse::kKvCache, gpu) < ledger.sum(MemoryUse::kKvCache, told)) told = gpu;
  }
  return told;
}

std::string ledger_line(const Estimate& estimate) {
  const MemoryLedger& ledger = estimate.memory;
  const int gpu = told_gpu(ledger);
  std::string text =
      fmt::format("{}asks for {}", ledger.gpu_count > 1 ? "each GPU: " : "", gib_text(estimate.vllm->requested));
  const char* sign = " = ";
  for (const MemoryUse use :
       {MemoryUse::kWeights, MemoryUse::kActivation, MemoryUse::kGraphs, MemoryUse::kOther, MemoryUse::kKvCache}) {
    if (use == MemoryUse::kGraphs && !estimate.vllm->graphs_in_share) continue;
    text += fmt::format("{}{} {:.2f}", sign, name_of(use), in_gib(ledger.sum(use, gpu)));
    sign = " + ";
  }
  return text;
}

std::string beside_line(const Estimate& estimate) {
  const MemoryLedger& ledger = estimate.memory;
  const int gpu = told_gpu(ledger);
  std::string text =
      fmt::format("beside that share, context and NCCL take about {}", gib_text(ledger.sum(MemoryUse::kOutside, gpu)));
  const Bytes graphs = ledger.sum(MemoryUse::kGraphs, gpu);
  if (!estimate.vllm->graphs_in_share && graphs > Bytes(0)) text += fmt::format(", CUDA graphs {}", gib_text(graphs));
  return text;
}

/// What the log says once there are blocks; empty: it ends before.
std::string cache_line(const Estimate& estimate) {
  const VllmAnswer& log = *estimate.vllm;
  if (log.blocks == 0) return "";
  return fmt::format(
      "GPU KV cache size: {} tokens (at least {}); maximum concurrency for {} tokens a request: {:.2f}x; longest "
      "max_model_len that starts: {}",
      grouped(log.kv_cache_tokens), grouped(log.kv_cache_tokens_low), grouped(estimate.request.context.count()),
      log.maximum_concurrency, grouped(log.largest_max_model_len.count()));
}

std::string speed_line(const Speed& speed) {
  std::string text = fmt::format("decode {} tok/s", band_text(speed.decode));
  if (speed.throughput) text += fmt::format(", of all requests together {}", band_text(*speed.throughput));
  if (speed.prefill) text += fmt::format(", prompts {}", band_text(*speed.prefill));
  return text + " (not measured: a wide band)";
}

}  // namespace

std::string vllm_changes_text(const VllmAnswer& log) {
  const bool runs = log.verdict == VllmVerdict::kStarts || log.verdict == VllmVerdict::kOverruns;
  std::string text;
  for (const VllmChange& change : log.changes) {
    if (!runs && !change.starts) continue;
    text += fmt::format("{}{}", text.empty() ? "" : "; ", change.options);
    if (change.gain > Bytes(0)) text += fmt::format(" ({} GiB of cache more)", two_decimals(in_gib(change.gain)));
  }
  if (text.empty()) return runs ? "" : "no single option that lfmfit tries makes it start";
  return (runs ? "more cache with: " : "starts with: ") + text;
}

std::string vllm_scene_text(const Question& question) {
  const VllmRequest& request = question.vllm->request;
  std::string text = fmt::format("vLLM {} on {}", question.vllm->version->name, question.backend->label);
  if (request.kv_cache_dtype) text += fmt::format(", {} cache", *request.kv_cache_dtype);
  return text;
}

std::string vllm_bounds_text(const Estimate& estimate) {
  return fmt::format(
      "It needs {} at least, with one request of {} tokens; it asks for a share of the card and fills it "
      "with cache. ",
      gb_text(estimate.vllm->needed), grouped(estimate.request.context.count()));
}

std::string vllm_units_text(const Estimate& estimate) {
  return fmt::format(
      "\"usable\" is the share that vLLM asks for, \"needs\" the least that it starts with: one request of {} tokens. "
      "Tokens per second are not measured: a wide band.",
      grouped(estimate.request.context.count()));
}

std::string vllm_fit_text(const Question& question, const Estimate& estimate, const Terminal& terminal) {
  const VllmAnswer& log = *estimate.vllm;
  const VllmVerdict verdict = log.verdict.value_or(VllmVerdict::kRefuses);
  const std::string gpus =
      estimate.memory.gpu_count > 1 ? fmt::format(" on {} GPUs", estimate.memory.gpu_count) : std::string();
  std::string text =
      printable(question.device->name) + ": " + styled(verdict_line(verdict), style_of(verdict), terminal) + "\n";
  text += indented(fmt::format("{} {}, {}{}, {} tokens a request, up to {} requests and {} tokens a step",
                               question.model->card.name, question.quantization->name, vllm_scene_text(question), gpus,
                               grouped(estimate.request.context.count()), grouped(log.request.max_num_seqs.value_or(0)),
                               grouped(log.request.max_num_batched_tokens.value_or(0))),
                   terminal);
  if (!log.reason.empty() && verdict != VllmVerdict::kOverruns) text += indented(log.reason, terminal);
  text += indented(ledger_line(estimate), terminal, " + ");
  text += indented(beside_line(estimate), terminal);
  if (const std::string line = cache_line(estimate); !line.empty()) text += indented(line, terminal);
  if (estimate.speed) text += indented(speed_line(*estimate.speed), terminal);
  const std::string changes = vllm_changes_text(log);
  if (!changes.empty()) text += indented(changes, terminal);
  for (const auto* sentences : {&estimate.warnings, &estimate.notes}) {
    for (const std::string& sentence : *sentences) text += indented("note: " + sentence, terminal);
  }
  return text;
}

}  // namespace lfmfit::render
