#include <fmt/format.h>

#include <algorithm>

#include "render/fleet.hpp"
#include "render/yaml.hpp"

namespace lfmfit::render {

namespace {

/// A word of a shell's command that means nothing but itself.
std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string("-._/:=,").find(c) != std::string::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// Of what a site writes, only what an #SBATCH line takes as one word.
std::string option_word(const std::string& text) {
  std::string word;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       std::string("-._:").find(c) != std::string::npos;
    word += plain ? c : '_';
  }
  return word;
}

std::string script(const FleetPlan& plan, const FleetPlacement& placement) {
  const FleetPool& pool = plan.pools[placement.pool];
  const std::string gres = pool.row.scheduler == Scheduler::kSlurm ? pool.row.resource : "gpu";
  std::string command;
  for (const std::string& word : server_arguments(placement, "")) {
    const bool is_model = word == "/" + model_file(placement);
    command += is_model ? " \"$models\"" + shell_word(word) : " " + shell_word(word);
  }
  std::string text = "#!/bin/bash\n" + yaml_comment(placement_text(plan, placement)) +
                     yaml_comment(fmt::format("LFMFIT_MODELS names the folder of {} ({} bytes).", model_file(placement),
                                              placement.estimate.file_bytes.count()));
  text += fmt::format("#SBATCH --job-name={}\n", placement_name(plan, placement));
  if (!pool.row.pool.empty() && pool.row.scheduler == Scheduler::kSlurm)
    text += fmt::format("#SBATCH --partition={}\n", option_word(pool.row.pool));
  if (placement.replicas() > 1) text += fmt::format("#SBATCH --array=1-{}\n", placement.replicas());
  // what vLLM takes beside its GPUs is not known
  const std::string memory =
      placement.estimate.vllm ? "" : fmt::format("#SBATCH --mem={}M\n", most_host_mebibytes(placement));
  text += fmt::format("#SBATCH --nodes=1\n#SBATCH --ntasks=1\n#SBATCH --cpus-per-task=8\n{}#SBATCH --gres={}:{}\n",
                      memory, option_word(gres), placement.gpus);
  text += "#SBATCH --output=%x-%j.log\n\nset -euo pipefail\nmodels=${LFMFIT_MODELS:-$HOME/models}\n";
  text += "port=$((20000 + SLURM_JOB_ID % 20000))\n";
  const char* const server = placement.estimate.vllm ? "python3 -m vllm.entrypoints.openai.api_server" : "llama-server";
  const char* const metrics = placement.estimate.vllm ? "" : " --metrics";
  return text + "exec srun " + server + command + " --host 0.0.0.0 --port \"$port\"" + metrics + "\n";
}

}  // namespace

std::vector<Manifest> fleet_slurm(const FleetPlan& plan) {
  std::vector<Manifest> manifests;
  for (const FleetPlacement& placement : plan.placements)
    manifests.push_back({placement_name(plan, placement) + ".sbatch", script(plan, placement)});
  return manifests;
}

}  // namespace lfmfit::render
