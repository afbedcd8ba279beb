#include "ask/logged_vllm.hpp"

#include <fmt/format.h>

#include "ask/runtime_words.hpp"
#include "ask/unset_fields.hpp"
#include "ask/vllm_question.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/program.hpp"

namespace lfmfit::ask {

namespace {

constexpr Bytes kVllmGrain{5400000};  // half of 0.01 GiB

/// "AWQ" of "awq_marlin": by the words of vLLM's own option.
std::string form_called(const Catalog& catalog, const std::string& quantization) {
  for (const Program& program : catalog.programs()) {
    for (const ProgramOption& option : program.options) {
      if (program.runtime != kVllm || option.field != "quantization") continue;
      const auto word = option.words.find(quantization);
      return word != option.words.end() ? word->second : quantization;
    }
  }
  return quantization;
}

void set_vllm(const VllmLog& log, Asked& asked) {
  VllmRequest& vllm = asked.vllm;
  if (log.max_model_len) set_unless(asked.max_model_len, NumberOrWord(*log.max_model_len));
  if (log.tensor_parallel) set_unless(vllm.tensor_parallel_size, *log.tensor_parallel);
  if (log.pipeline_parallel) set_unless(vllm.pipeline_parallel_size, *log.pipeline_parallel);
  if (log.data_parallel) set_unless(vllm.data_parallel_size, *log.data_parallel);
  if (log.utilization) set_unless(vllm.gpu_memory_utilization, *log.utilization);
  if (log.max_num_seqs) set_unless(vllm.max_num_seqs, *log.max_num_seqs);
  if (log.max_num_batched_tokens) set_unless(vllm.max_num_batched_tokens, *log.max_num_batched_tokens);
  if (!log.kv_cache_dtype.empty()) set_unless(vllm.kv_cache_dtype, log.kv_cache_dtype);
  if (log.block_size) set_unless(vllm.block_size, *log.block_size);
  if (log.eager) set_unless(vllm.enforce_eager, *log.eager);
  if (log.prefix_caching) set_unless(vllm.enable_prefix_caching, *log.prefix_caching);
  if (log.total) set_unless(vllm.device, *log.total);
}

/// The row of the version; the newest where there is none.
std::string vllm_called(const Catalog& catalog, const std::string& version) {
  const VllmVersion* row = find_version(catalog.vllm(), version);
  return std::string(kVllm) + (row != nullptr ? "@" + row->name : "");
}

}  // namespace

LoggedQuestion logged_vllm(const VllmLog& log, const Asked& base, Finder& finder) {
  LoggedQuestion logged;
  logged.asked = base;
  if (!logged.asked.model && log.model.empty())
    throw Error(ErrorKind::kUnknownModel, "the log names no model; name it with --model");
  set_unless(logged.asked.model, log.model);
  if (!logged.asked.runtime) logged.asked.runtime = vllm_called(finder.catalog, log.version);
  if (!log.version.empty() && logged.asked.runtime == kVllm && !base.runtime)
    logged.notes.push_back(fmt::format("vLLM {} is not known; the newest that is known is taken", log.version));
  if (!logged.asked.quantization && !log.quantization.empty()) {
    const std::string form = form_called(finder.catalog, log.quantization);
    if (!form.empty()) logged.asked.quantization = form;
  }
  set_vllm(log, logged.asked);
  Measured& measured = logged.measured;
  measured.grain = kVllmGrain;
  const auto add = [&](MemoryUse use, const std::optional<Bytes>& bytes) {
    if (bytes) measured.terms.push_back({use, 0, *bytes, 1});
  };
  add(MemoryUse::kWeights, log.weights);
  if (!logged.asked.device && !log.total) {
    logged.notes.emplace_back("the log does not name the GPU; --on does, and compares its cache too");
    return logged;
  }
  measured.cache_tokens = log.cache_tokens;
  measured.concurrency = log.concurrency;
  add(MemoryUse::kActivation, log.activation);
  add(MemoryUse::kOther, log.other);
  add(MemoryUse::kGraphs, log.graphs);
  add(MemoryUse::kKvCache, log.cache);
  return logged;
}

}  // namespace lfmfit::ask
