#include "render/fleet.hpp"

namespace lfmfit::render {

namespace {

Json speeds_json(const Estimate& estimate, std::int64_t users, std::int64_t replicas) {
  if (!estimate.speed) return Json::object();
  const SpeedEstimate& all = estimate.speed->throughput ? *estimate.speed->throughput : estimate.speed->decode;
  const auto each = static_cast<double>(users), times = static_cast<double>(replicas);
  return {{"tok_s_each", all.value.value() / each},     {"tok_s_each_low", all.low.value() / each},
          {"tok_s_each_high", all.high.value() / each}, {"tok_s", all.value.value() * times},
          {"tok_s_low", all.low.value() * times},       {"tok_s_high", all.high.value() * times}};
}

Json option_json(const FleetPool& pool, const FleetOption& option) {
  Json json = {{"pool", pool.name}, {"free", option.free}, {"runs", option.gpus > 0}};
  if (option.gpus == 0) {
    json["why_not"] = option.why_not;
    return json;
  }
  json["gpus_each"] = option.gpus;
  json["users_each"] = option.users;
  json["replicas"] = option.replicas;
  json["users"] = option.replicas * option.users;
  json["fit"] = fit_json(*option.estimate->fit);
  json.update(speeds_json(*option.estimate, option.users, option.replicas));
  return json;
}

Json placement_json(const FleetPlan& plan, const FleetPlacement& placement) {
  Json nodes = Json::array();
  for (const FleetSeat& seat : placement.seats) nodes.push_back({{"node", seat.node}, {"replicas", seat.replicas}});
  Json json = {{"name", placement_name(plan, placement)},
               {"pool", plan.pools[placement.pool].name},
               {"replicas", placement.replicas()},
               {"gpus_each", placement.gpus},
               {"users_each", placement.users},
               {"fit", fit_json(*placement.estimate.fit)},
               {"host_bytes", placement.estimate.memory.total_high(kHost).count()},
               {"arguments", server_arguments(placement, "/models")},
               {"nodes", nodes}};
  json.update(speeds_json(placement.estimate, placement.users, placement.replicas()));
  return json;
}

Json model_json(const FleetPlan& plan, std::size_t index) {
  const FleetModel& model = plan.models[index];
  Json json = {{"name", model.name},
               {"model", model.question.model->card.id},
               {"quantization", model.question.quantization->name},
               {"context_each", model.question.request.context.count()},
               {"users", model.users},
               {"unserved", plan.unserved[index]}};
  if (model.min_speed) json["min_speed_tok_s"] = model.min_speed->value();
  json["pools"] = Json::array();
  for (std::size_t i = 0; i < plan.pools.size(); ++i)
    json["pools"].push_back(option_json(plan.pools[i], plan.options[index][i]));
  json["placements"] = Json::array();
  for (const FleetPlacement& placement : plan.placements) {
    if (placement.model == index) json["placements"].push_back(placement_json(plan, placement));
  }
  return json;
}

Json pool_json(const FleetPool& pool) {
  Json json = {{"name", pool.name},
               {"device", pool.device.id},
               {"backend", pool.backend->name},
               {"memory_bytes", pool.device.memory.count()},
               {"usable_bytes", pool.device.usable.count()},
               {"part_of_a_gpu", pool.is_part},
               {"slots", pool.slots()},
               {"left", pool.free()}};
  if (!pool.row.resource.empty()) json["resource"] = pool.row.resource;
  json["nodes"] = Json::array();
  for (const FleetNode& node : pool.nodes)
    json["nodes"].push_back({{"node", node.name}, {"slots", node.slots}, {"left", node.free}});
  return json;
}

}  // namespace

Json fleet_json(const FleetPlan& plan, const std::string& version) {
  Json json = {{"schema", "lfmfit.fleet/1"}, {"version", version}, {"serves_all", plan.serves_all()}};
  json["models"] = Json::array();
  for (std::size_t i = 0; i < plan.models.size(); ++i) json["models"].push_back(model_json(plan, i));
  json["pools"] = Json::array();
  for (const FleetPool& pool : plan.pools) json["pools"].push_back(pool_json(pool));
  json["not_used"] = plan.left_out;
  return json;
}

}  // namespace lfmfit::render
