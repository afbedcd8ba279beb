#include "render/fleet_kubernetes.hpp"

#include <fmt/format.h>

#include "render/fleet.hpp"
#include "render/yaml.hpp"

namespace lfmfit::render {

namespace {

constexpr const char* kFolder = "/models";

Json labels_of(const std::string& name) {
  return {{"app.kubernetes.io/name", name}, {"app.kubernetes.io/managed-by", "lfmfit"}};
}

Json probe(int period, int failures) {
  return {
      {"httpGet", {{"path", "/health"}, {"port", "http"}}}, {"periodSeconds", period}, {"failureThreshold", failures}};
}

const FleetPool& pool_of(const FleetPlan& plan, const FleetPlacement& placement) { return plan.pools[placement.pool]; }

bool uses_claims(const FleetPlan& plan, const FleetPlacement& placement) {
  return pool_of(plan, placement).row.scheduler == Scheduler::kKubernetesClaims;
}

/// What asks for a slot where the inventory was not Kubernetes' own.
std::string resource_of(const FleetPool& pool) {
  if (pool.row.scheduler == Scheduler::kKubernetes) return pool.row.resource;
  return pool.device.vendor == "AMD"     ? "amd.com/gpu"
         : pool.device.vendor == "Intel" ? "gpu.intel.com/xe"
                                         : "nvidia.com/gpu";
}

/// A text in CEL.
std::string cel_text(const std::string& text) { return Json(text).dump(-1, ' ', true, Json::error_handler_t::replace); }

/// Devices of the placement's product that have at least the memory it was answered with.
Json claim_template(const FleetPlan& plan, const FleetPlacement& placement) {
  const FleetPool& pool = pool_of(plan, placement);
  const std::string& driver = pool.row.resource;
  const auto selector = [](const std::string& expression) { return Json{{"cel", {{"expression", expression}}}}; };
  Json selectors = Json::array({selector(fmt::format("device.driver == {}", cel_text(driver)))});
  if (!pool.row.label_value.empty()) {
    selectors.push_back(selector(fmt::format("'{0}' in device.attributes[{1}] && device.attributes[{1}].{0} == {2}",
                                             pool.row.label == "productName" ? "productName" : "model",
                                             cel_text(driver), cel_text(pool.row.label_value))));
  }
  if (!pool.row.profile.empty()) {
    selectors.push_back(
        selector(fmt::format("'profile' in device.attributes[{0}] && device.attributes[{0}].profile == {1}",
                             cel_text(driver), cel_text(pool.row.profile))));
  }
  if (pool.row.memory) {
    selectors.push_back(selector(
        fmt::format("'memory' in device.capacity[{0}] && device.capacity[{0}].memory.compareTo(quantity('{1}Mi')) >= 0",
                    cel_text(driver), pool.row.memory->count() >> 20)));
  }
  const Json request = {
      {"name", "gpus"},
      {"exactly",
       {{"deviceClassName", pool.row.profile.empty() || driver != "gpu.nvidia.com" ? driver : "mig.nvidia.com"},
        {"allocationMode", "ExactCount"},
        {"count", placement.gpus},
        {"selectors", selectors}}}};
  return {{"apiVersion", "resource.k8s.io/v1"},
          {"kind", "ResourceClaimTemplate"},
          {"metadata", {{"name", placement_name(plan, placement) + "-gpus"}}},
          {"spec", {{"spec", {{"devices", {{"requests", Json::array({request})}}}}}}}};
}

Json resources_of(const FleetPlan& plan, const FleetPlacement& placement) {
  Json resources = {{"requests", {{"cpu", "2"}}}, {"limits", Json::object()}};
  if (!placement.estimate.vllm) {  // what vLLM takes beside its GPUs is not known
    resources["requests"]["memory"] = fmt::format("{}Mi", host_mebibytes(placement));
    resources["limits"]["memory"] = fmt::format("{}Mi", most_host_mebibytes(placement));
  }
  if (uses_claims(plan, placement)) {
    resources["claims"] = Json::array({{{"name", "gpus"}}});
  } else if (pool_of(plan, placement).device.device_class != DeviceClass::kCpu) {
    resources["limits"][resource_of(pool_of(plan, placement))] = std::to_string(placement.gpus);
  }
  if (resources["limits"].empty()) resources.erase("limits");
  return resources;
}

Json deployment(const FleetPlan& plan, const FleetPlacement& placement) {
  const std::string name = placement_name(plan, placement);
  // Without a free slot a surge pod would wait for ever.
  const bool spare = pool_of(plan, placement).free() >= placement.gpus;
  return {
      {"apiVersion", "apps/v1"},
      {"kind", "Deployment"},
      {"metadata", {{"name", name}, {"labels", labels_of(name)}}},
      {"spec",
       {{"replicas", placement.replicas()},
        {"selector", {{"matchLabels", {{"app.kubernetes.io/name", name}}}}},
        {"strategy",
         {{"type", "RollingUpdate"},
          {"rollingUpdate", {{"maxSurge", spare ? 1 : 0}, {"maxUnavailable", spare ? 0 : 1}}}}},
        {"template",
         {{"metadata", {{"labels", labels_of(name)}}}, {"spec", pod_spec(plan, placement, server_name(placement))}}}}}};
}

Json service(const FleetPlan& plan, const FleetPlacement& placement) {
  const std::string name = placement_name(plan, placement);
  return {{"apiVersion", "v1"},
          {"kind", "Service"},
          {"metadata", {{"name", name}, {"labels", labels_of(name)}}},
          {"spec",
           {{"selector", {{"app.kubernetes.io/name", name}}},
            {"ports", Json::array({{{"name", "http"}, {"port", 80}, {"targetPort", "http"}}})}}}};
}

}  // namespace

Json pod_spec(const FleetPlan& plan, const FleetPlacement& placement, const std::string& container) {
  const FleetPool& pool = pool_of(plan, placement);
  std::vector<std::string> arguments = server_arguments(placement, kFolder);
  for (const std::string& more :
       {std::string("--host"), std::string("0.0.0.0"), std::string("--port"), std::to_string(kServerPort)})
    arguments.push_back(more);
  const bool is_vllm = placement.estimate.vllm.has_value();
  if (!is_vllm) arguments.emplace_back("--metrics");  // vLLM tells them by itself
  Json spec = Json::object();
  if (pool.row.scheduler == Scheduler::kKubernetes && !pool.row.label_value.empty())
    spec["nodeSelector"] = {{pool.row.label, pool.row.label_value}};
  if (uses_claims(plan, placement)) {
    spec["resourceClaims"] =
        Json::array({{{"name", "gpus"}, {"resourceClaimTemplateName", placement_name(plan, placement) + "-gpus"}}});
  } else {
    spec["tolerations"] = Json::array({{{"key", resource_of(pool)}, {"operator", "Exists"}, {"effect", "NoSchedule"}}});
  }
  spec["containers"] = Json::array(
      {{{"name", container},
        {"image", server_image(plan, placement)},
        {"args", arguments},
        {"ports", Json::array({{{"name", "http"}, {"containerPort", kServerPort}}})},
        {"resources", resources_of(plan, placement)},
        {"startupProbe", probe(10, 90)},  // 503 while it loads
        {"readinessProbe", probe(5, 3)},
        {"livenessProbe", probe(10, 6)},
        {"volumeMounts", Json::array({{{"name", "models"}, {"mountPath", kFolder}, {"readOnly", true}}})}}});
  spec["volumes"] =
      Json::array({{{"name", "models"}, {"persistentVolumeClaim", {{"claimName", "models"}, {"readOnly", true}}}}});
  if (is_vllm) {  // its processes share memory
    spec["containers"][0]["volumeMounts"].push_back({{"name", "shm"}, {"mountPath", "/dev/shm"}});
    spec["volumes"].push_back({{"name", "shm"}, {"emptyDir", {{"medium", "Memory"}, {"sizeLimit", "16Gi"}}}});
  }
  return spec;
}

std::string claims_before(const FleetPlan& plan, const FleetPlacement& placement) {
  return uses_claims(plan, placement) ? yaml_text(claim_template(plan, placement)) + "---\n" : "";
}

std::string manifest_heading(const FleetPlan& plan, const FleetPlacement& placement) {
  return yaml_comment(placement_text(plan, placement)) +
         yaml_comment(fmt::format("The claim \"models\" holds {} ({} bytes).", model_file(placement),
                                  placement.estimate.file_bytes.count()));
}

std::vector<Manifest> fleet_kubernetes(const FleetPlan& plan) {
  std::string text;
  for (const FleetPlacement& placement : plan.placements) {
    text += (text.empty() ? "" : "---\n") + manifest_heading(plan, placement) + claims_before(plan, placement) +
            yaml_text(deployment(plan, placement)) + "---\n" + yaml_text(service(plan, placement));
  }
  return {{"fleet.yaml", text}};
}

}  // namespace lfmfit::render
