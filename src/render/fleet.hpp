#pragma once

#include <string>
#include <vector>

#include "lfmfit/fleet.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// Which pools run each model, what was placed where, and what is left, for people.
std::string fleet_text(const FleetPlan& plan, const Terminal& terminal);

/// The same for programs, schema lfmfit.fleet/1.
Json fleet_json(const FleetPlan& plan, const std::string& version);

/// A file that an engine runs.
struct Manifest {
  std::string file;
  std::string text;
};

/// What existing engines run the plan from, one a form: a file for all of Kubernetes, a script for each placement, a
/// compose file for each node.
std::vector<Manifest> fleet_kubernetes(const FleetPlan& plan);
std::vector<Manifest> fleet_kserve(const FleetPlan& plan);
std::vector<Manifest> fleet_slurm(const FleetPlan& plan);
std::vector<Manifest> fleet_compose(const FleetPlan& plan);

/// Pieces that the forms share.

/// What a manifest calls a placement: the model's name, with a number where it has several.
std::string placement_name(const FleetPlan& plan, const FleetPlacement& placement);

/// "LFM2 8B A1B Q4_K_M, 4 users of 32,768 tokens a replica: 1 of H100 80GB HBM3, needs 7.53 of 85.52 GB"
std::string placement_text(const FleetPlan& plan, const FleetPlacement& placement);

/// The file of the model's weights, for vLLM their folder, which has to lie in the folder of models.
std::string model_file(const FleetPlacement& placement);

/// "llama-server", or "vllm" where that answered.
const char* server_name(const FleetPlacement& placement);

/// Arguments of that server for a placement; the model's file, or its folder for vLLM, lies in `folder`.
std::vector<std::string> server_arguments(const FleetPlacement& placement, const std::string& folder);

/// Memory beside the GPUs that a replica must have, and may have with the file's pages in it: mebibytes.
std::int64_t host_mebibytes(const FleetPlacement& placement);
std::int64_t most_host_mebibytes(const FleetPlacement& placement);

/// The image that runs the server on the placement's backend.
std::string server_image(const FleetPlan& plan, const FleetPlacement& placement);

/// The port that servers listen on.
constexpr int kServerPort = 8080;

}  // namespace lfmfit::render
