#include "ask/written_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ask/shell_words.hpp"
#include "core/llamacpp/override_text.hpp"

namespace lfmfit::ask {

namespace {

using Options = std::vector<WrittenOption>;

void add(Options& options, const char* setting, std::vector<std::string> words) {
  options.push_back({setting, std::move(words)});
}

void add_cache(const Question& question, const Request& request, Options& options) {
  const Request usual;
  add(options, "context", {"-c", std::to_string(request.context.count())});
  add(options, "parallel", {"-np", std::to_string(request.parallel)});
  if (request.kv_unified) add(options, "kv_unified", {"-kvu"});
  if (question.cache.k->name != "f16") add(options, "kv_type_k", {"-ctk", question.cache.k->name});
  if (question.cache.v->name != "f16") add(options, "kv_type_v", {"-ctv", question.cache.v->name});
  if (request.batch != usual.batch) add(options, "batch", {"-b", std::to_string(request.batch)});
  if (request.ubatch != usual.ubatch) add(options, "ubatch", {"-ub", std::to_string(request.ubatch)});
  if (request.flash_attention != usual.flash_attention)
    add(options, "flash_attention", {"-fa", name_of(request.flash_attention)});
  if (request.embeddings) add(options, "embeddings", {"--embeddings"});
  if (request.pooling) add(options, "pooling", {"--pooling", name_of(*request.pooling)});
  if (request.swa_full) add(options, "swa_full", {"--swa-full"});
}

/// The GPUs that are used, where they are not all that the machine has.
void add_devices(const Question& question, const Estimate& answer, Options& options) {
  const Device* device = question.device;
  if (device == nullptr) return;
  if (answer.memory.gpu_count == 0) {
    if (device->device_class != DeviceClass::kCpu) add(options, "devices", {"-dev", "none"});
    return;
  }
  if (answer.memory.gpu_count >= device->gpus) return;
  std::string names;
  for (int gpu = 0; gpu < answer.memory.gpu_count; ++gpu)
    names += (names.empty() ? "" : ",") + buffer_name(gpu, *question.backend);
  add(options, "devices", {"-dev", names});
}

void add_places(const Question& question, const Estimate& answer, Options& options) {
  const Request& request = answer.request;
  add_devices(question, answer, options);
  if (answer.memory.gpu_count == 0) return;
  add(options, "gpu_layers", {"-ngl", request.gpu_layers < 0 ? "all" : std::to_string(request.gpu_layers)});
  if (request.split_mode != SplitMode::kLayer) add(options, "split_mode", {"-sm", name_of(request.split_mode)});
  if (!request.tensor_split.empty())
    add(options, "tensor_split", {"-ts", fmt::format("{}", fmt::join(request.tensor_split, ","))});
  if (request.main_gpu != 0) add(options, "main_gpu", {"-mg", std::to_string(request.main_gpu)});
  const std::vector<std::string> moved = override_texts(request, *question.backend);
  if (!moved.empty()) add(options, "override_tensor", {"-ot", fmt::format("{}", fmt::join(moved, ","))});
  if (request.cpu_moe) {
    add(options, "experts", {"-cmoe"});
  } else if (request.n_cpu_moe > 0) {
    add(options, "experts", {"-ncmoe", std::to_string(request.n_cpu_moe)});
  }
  if (request.moe_cache_mib > 0) add(options, "moe_cache", {"--moe-cache-mib", std::to_string(request.moe_cache_mib)});
  if (!request.offload_kqv) add(options, "offload_kqv", {"-nkvo"});
  if (!request.op_offload) add(options, "op_offload", {"--no-op-offload"});
}

void add_files(const Asked& asked, Options& options) {
  for (const std::string& path : asked.mmproj) add(options, "mmproj", {"--mmproj", path});
  for (const std::string& path : asked.lora) add(options, "lora", {"--lora", path});
  for (const std::string& path : asked.control_vectors) add(options, "control_vector", {"--control-vector", path});
}

void add_speculation(const Asked& asked, const Request& request, Options& options) {
  if (request.drafting == Drafting::kNone) return;
  if (request.drafting == Drafting::kMtp) {
    add(options, "speculation", {"--spec-type", "draft-mtp"});
  } else {
    add(options, "speculation", {"--spec-type", "draft-simple", "-md", asked.speculative.model.value_or("")});
  }
  options.back().words.insert(options.back().words.end(), {"--spec-draft-n-max", std::to_string(request.draft_tokens)});
}

}  // namespace

Options written_options(const Asked& asked, const Question& question, const Estimate& answer) {
  Options options;
  add_cache(question, answer.request, options);
  add_places(question, answer, options);
  if (!answer.request.mmap) add(options, "mmap", {"-lm", "none"});
  if (answer.request.threads) add(options, "threads", {"-t", std::to_string(*answer.request.threads)});
  add_files(asked, options);
  add_speculation(asked, answer.request, options);
  return options;
}

std::string untold(const std::string& program, const Options& options, const std::set<std::string>& told) {
  std::vector<std::string> words;
  for (const WrittenOption& option : options) {
    if (told.count(option.setting) == 0) words.insert(words.end(), option.words.begin(), option.words.end());
  }
  return words.empty() ? "" : fmt::format("# {} cannot be told: {}\n", program, shell_line(words));
}

}  // namespace lfmfit::ask
