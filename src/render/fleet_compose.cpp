#include <fmt/format.h>

#include <map>

#include "render/fleet.hpp"
#include "render/yaml.hpp"

namespace lfmfit::render {

namespace {

Json service(const FleetPlan& plan, const FleetPlacement& placement, const Json& gpu_ids, int port) {
  const FleetPool& pool = plan.pools[placement.pool];
  std::vector<std::string> command = server_arguments(placement, "/models");
  for (const std::string& more :
       {std::string("--host"), std::string("0.0.0.0"), std::string("--port"), std::to_string(kServerPort)})
    command.push_back(more);
  Json service = {
      {"image", server_image(plan, placement)},
      {"command", command},
      {"ports", Json::array({fmt::format("127.0.0.1:{}:{}", port, kServerPort)})},
      {"volumes", Json::array({"./models:/models:ro"})},
      {"healthcheck",
       {{"test", Json::array({"CMD", "curl", "-fsS", fmt::format("http://127.0.0.1:{}/health", kServerPort)})},
        {"interval", "10s"},
        {"start_period", "15m"}}},
      {"restart", "unless-stopped"}};
  if (placement.estimate.vllm) service["ipc"] = "host";  // its processes share memory
  if (pool.device.vendor == "NVIDIA") {
    service["deploy"] = {{"resources",
                          {{"reservations",
                            {{"devices", Json::array({{{"driver", "nvidia"},
                                                       {"device_ids", gpu_ids},
                                                       {"capabilities", Json::array({"gpu"})}}})}}}}}};
  } else if (pool.device.device_class == DeviceClass::kGpu) {
    service["devices"] =
        pool.backend->name == "rocm" ? Json::array({"/dev/kfd", "/dev/dri"}) : Json::array({"/dev/dri"});
  }
  return service;
}

/// The GPUs of replica number `replica` of a seat.
Json gpu_ids(const FleetPlacement& placement, const FleetSeat& seat, std::int64_t replica, std::int64_t& used) {
  Json ids = Json::array();
  for (std::int64_t i = 0; i < placement.gpus; ++i) {
    const std::int64_t place = replica * placement.gpus + i;
    ids.push_back(seat.ids.empty() ? std::to_string(used++) : seat.ids[static_cast<std::size_t>(place)]);
  }
  return ids;
}

std::string file_name(std::string node) {
  for (char& c : node) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    if (!plain) c = '-';
  }
  return "compose." + node + ".yaml";
}

}  // namespace

std::vector<Manifest> fleet_compose(const FleetPlan& plan) {
  std::map<std::string, Json> files;  // a file for each node
  std::map<std::string, std::string> comments;
  std::map<std::string, std::int64_t> used;  // GPUs of a node, where their ids are not told
  for (const FleetPlacement& placement : plan.placements) {
    for (const FleetSeat& seat : placement.seats) {
      Json& file = files[seat.node];
      if (file.is_null()) file = {{"services", Json::object()}};
      comments[seat.node] += yaml_comment(placement_text(plan, placement));
      for (std::int64_t i = 0; i < seat.replicas; ++i) {
        Json& services = file["services"];
        const int port = kServerPort + static_cast<int>(services.size());
        const std::string name =
            placement_name(plan, placement) + (seat.replicas > 1 ? fmt::format("-r{}", i + 1) : "");
        services[name] = service(plan, placement, gpu_ids(placement, seat, i, used[seat.node]), port);
      }
    }
  }
  std::vector<Manifest> manifests;
  for (const auto& [node, file] : files)
    manifests.push_back({file_name(node), yaml_comment("on " + node) + comments[node] + yaml_text(file)});
  return manifests;
}

}  // namespace lfmfit::render
