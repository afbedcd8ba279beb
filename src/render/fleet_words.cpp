#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "lfmfit/asked.hpp"
#include "render/figures.hpp"
#include "render/fleet.hpp"

namespace lfmfit::render {

namespace {

constexpr std::int64_t kMiB = std::int64_t{1} << 20;

std::int64_t in_mebibytes(Bytes bytes) { return (bytes.count() + kMiB - 1) / kMiB; }

}  // namespace

std::string placement_name(const FleetPlan& plan, const FleetPlacement& placement) {
  std::size_t all = 0, before = 0;
  for (const FleetPlacement& each : plan.placements) {
    if (each.model != placement.model) continue;
    if (&each < &placement) ++before;
    ++all;
  }
  const std::string& name = plan.models[placement.model].name;
  return all > 1 ? fmt::format("{}-{}", name, before + 1) : name;
}

std::string placement_text(const FleetPlan& plan, const FleetPlacement& placement) {
  const Question& question = placement.question;
  const Fit& fit = *placement.estimate.fit;
  return fmt::format("{} {}, {} user{} of {} tokens a replica: {} of {}, needs {} of {} GB each",
                     question.model->card.name, question.quantization->name, placement.users,
                     placement.users == 1 ? "" : "s", grouped(tokens_of_each(placement.estimate.request).count()),
                     placement.gpus, plan.pools[placement.pool].name, in_gb_text(fit.required), in_gb_text(fit.usable));
}

std::string model_file(const FleetPlacement& placement) {
  std::string name = placement.question.model->card.id;
  name = name.substr(name.rfind('/') + 1);  // npos + 1 is 0
  for (char& c : name) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';
    if (!plain) c = '-';
  }
  return name + "-" + placement.question.quantization->name + (placement.estimate.vllm ? "" : ".gguf");
}

namespace {

std::vector<std::string> vllm_arguments(const FleetPlacement& placement, const std::string& folder) {
  const VllmRequest& request = placement.estimate.vllm->request;
  std::vector<std::string> arguments = {"--model",
                                        folder + "/" + model_file(placement),
                                        "--tensor-parallel-size",
                                        std::to_string(placement.gpus),
                                        "--max-model-len",
                                        std::to_string(placement.estimate.request.context.count()),
                                        "--max-num-seqs",
                                        std::to_string(placement.users)};
  if (request.gpu_memory_utilization) {
    arguments.emplace_back("--gpu-memory-utilization");
    arguments.push_back(fmt::format("{:g}", *request.gpu_memory_utilization));
  }
  return arguments;
}

}  // namespace

const char* server_name(const FleetPlacement& placement) { return placement.estimate.vllm ? "vllm" : "llama-server"; }

std::vector<std::string> server_arguments(const FleetPlacement& placement, const std::string& folder) {
  if (placement.estimate.vllm) return vllm_arguments(placement, folder);
  const Request& request = placement.estimate.request;
  const Request usual;
  std::vector<std::string> arguments = {
      "--model",    folder + "/" + model_file(placement), "--ctx-size",     std::to_string(request.context.count()),
      "--parallel", std::to_string(request.parallel),     "--n-gpu-layers", "all"};
  const auto add = [&](const char* name, const std::string& value) {
    arguments.insert(arguments.end(), {name, value});
  };
  if (request.kv_unified) arguments.emplace_back("--kv-unified");
  if (request.embeddings) arguments.emplace_back("--embeddings");
  if (request.pooling) add("--pooling", lfmfit::name_of(*request.pooling));
  if (placement.question.cache.k->name != "f16") add("--cache-type-k", placement.question.cache.k->name);
  if (placement.question.cache.v->name != "f16") add("--cache-type-v", placement.question.cache.v->name);
  if (request.flash_attention != usual.flash_attention) add("--flash-attn", lfmfit::name_of(request.flash_attention));
  if (request.batch != usual.batch) add("--batch-size", std::to_string(request.batch));
  if (request.ubatch != usual.ubatch) add("--ubatch-size", std::to_string(request.ubatch));
  return arguments;
}

std::int64_t host_mebibytes(const FleetPlacement& placement) {
  constexpr std::int64_t kProgram = 256;  // of the server itself: code, threads, requests
  return in_mebibytes(placement.estimate.memory.total_high(kHost)) + kProgram;
}

std::int64_t most_host_mebibytes(const FleetPlacement& placement) {
  return host_mebibytes(placement) + in_mebibytes(placement.estimate.file_bytes);
}

std::string server_image(const FleetPlan& plan, const FleetPlacement& placement) {
  const bool rocm = plan.pools[placement.pool].backend->name == "rocm";
  if (placement.estimate.vllm && rocm) return "rocm/vllm";
  if (placement.estimate.vllm) return "vllm/vllm-openai:v" + placement.estimate.vllm->version + ".0";
  const std::string& backend = plan.pools[placement.pool].backend->name;
  const char* const base = "ghcr.io/ggml-org/llama.cpp:server";
  return backend == "cpu" ? base : base + ("-" + backend);
}

}  // namespace lfmfit::render
