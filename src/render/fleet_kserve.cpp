#include "render/fleet.hpp"
#include "render/fleet_kubernetes.hpp"
#include "render/yaml.hpp"

namespace lfmfit::render {

namespace {

Json inference_service(const FleetPlan& plan, const FleetPlacement& placement) {
  Json predictor = {{"minReplicas", placement.replicas()}, {"maxReplicas", placement.replicas()}};
  predictor.update(pod_spec(plan, placement, "kserve-container"));
  return {{"apiVersion", "serving.kserve.io/v1beta1"},
          {"kind", "InferenceService"},
          {"metadata",
           {{"name", placement_name(plan, placement)},
            {"labels", {{"app.kubernetes.io/managed-by", "lfmfit"}}},
            {"annotations", {{"serving.kserve.io/deploymentMode", "RawDeployment"}}}}},
          {"spec", {{"predictor", predictor}}}};
}

}  // namespace

std::vector<Manifest> fleet_kserve(const FleetPlan& plan) {
  std::string text;
  for (const FleetPlacement& placement : plan.placements) {
    text += (text.empty() ? "" : "---\n") + manifest_heading(plan, placement) + claims_before(plan, placement) +
            yaml_text(inference_service(plan, placement));
  }
  return {{"fleet.yaml", text}};
}

}  // namespace lfmfit::render
