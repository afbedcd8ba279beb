#include "lfmfit/fleet.hpp"

#include <numeric>
#include <random>

#include "catch.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using namespace lfmfit::literals;

namespace {

FleetModel model_of(const char* id, std::int64_t users, Tokens context, std::optional<TokenRate> speed = {}) {
  FleetModel model;
  model.name = id;
  model.question.model = &test::shipped().model(id);
  model.question.quantization = &test::shipped().quantization("Q4_K_M");
  model.question.cache = {&test::shipped().tensor_type("f16"), &test::shipped().tensor_type("f16")};
  model.question.speed_constants = &test::shipped().speed();
  model.question.request.context = context;
  model.users = users;
  model.min_speed = speed;
  return model;
}

FleetPool pool_of(const char* device, const std::vector<std::int64_t>& free) {
  FleetPool pool;
  pool.name = device;
  pool.device = test::shipped().device(device);
  pool.backend = &test::shipped().backend(pool.device.backend);
  for (const std::int64_t slots : free)
    pool.nodes.push_back({"node" + std::to_string(pool.nodes.size()), slots, slots, {}});
  return pool;
}

std::int64_t served(const FleetPlan& plan, std::size_t model) {
  std::int64_t users = 0;
  for (const FleetPlacement& placement : plan.placements) {
    if (placement.model == model) users += placement.replicas() * placement.users;
  }
  return users;
}

/// No slot is given away twice, and every replica fits with as many users as it was given.
void check_sound(const FleetPlan& plan, const std::vector<FleetPool>& pools) {
  for (std::size_t i = 0; i < pools.size(); ++i) {
    std::int64_t used = 0;
    for (const FleetPlacement& placement : plan.placements) {
      if (placement.pool == i) used += placement.replicas() * placement.gpus;
    }
    CHECK(used + plan.pools[i].free() == pools[i].free());
    for (const FleetNode& node : plan.pools[i].nodes) CHECK(node.free >= 0);
  }
  for (const FleetPlacement& placement : plan.placements) {
    CHECK(fits(*placement.estimate.fit));
    CHECK(placement.estimate.request.parallel == placement.users);
    const auto& speed = plan.models[placement.model].min_speed;
    const Speed& is = *placement.estimate.speed;
    if (speed) CHECK((is.throughput ? is.throughput->low / double(placement.users) : is.decode.low) >= *speed);
  }
  for (std::size_t i = 0; i < plan.models.size(); ++i)
    CHECK(std::min(served(plan, i), plan.models[i].users) + plan.unserved[i] == plan.models[i].users);
}

}  // namespace

TEST_CASE("users are spread evenly over as few replicas as serve them") {
  const std::vector<FleetPool> pools = {pool_of("rtx-3060", {4, 4})};
  const FleetPlan plan = plan_fleet(pools, {model_of("lfm2-2.6b", 100, 8192_tokens)});
  check_sound(plan, pools);
  REQUIRE(plan.placements.size() == 1);
  CHECK(plan.serves_all());
  const FleetOption& option = plan.options[0][0];
  CHECK(option.gpus == 1);
  CHECK(option.replicas == 8);
  const FleetPlacement& placement = plan.placements[0];
  CHECK((placement.replicas() - 1) * option.users < 100);
  CHECK(placement.replicas() * placement.users - 100 < placement.replicas());
}

TEST_CASE("one user more than a replica was said to serve does not fit or is too slow") {
  for (const auto speed : {std::optional<TokenRate>(), std::optional(TokenRate(20))}) {
    const FleetModel model = model_of("lfm2-2.6b", 200, 8192_tokens, speed);
    const FleetPool pool = pool_of("rtx-3060", {1});
    const FleetPlan plan = plan_fleet({pool}, {model});
    const std::int64_t users = plan.options[0][0].users;
    REQUIRE(users > 1);
    REQUIRE(users < 200);
    Question question = model.question;
    question.device = &pool.device;
    question.backend = pool.backend;
    question.request.parallel = users + 1;
    question.request.context = 8192_tokens * (users + 1);
    const Estimate more = estimate(question);
    const bool slow = speed && more.speed && more.speed->throughput->low / double(users + 1) < *speed;
    CHECK((slow || !fits(*more.fit)));
  }
}

TEST_CASE("a model too large for one GPU takes the least number of one node, and never of two") {
  const FleetPlan one = plan_fleet({pool_of("rtx-3090", {4})}, {model_of("llama-3.3-70b", 1, 4096_tokens)});
  CHECK(one.options[0][0].gpus == 2);
  CHECK(one.serves_all());
  CHECK(one.pools[0].free() == 2);
  const FleetPlan two = plan_fleet({pool_of("rtx-3090", {1, 1, 1})}, {model_of("llama-3.3-70b", 1, 4096_tokens)});
  CHECK(two.options[0][0].gpus == 0);
  CHECK(two.options[0][0].why_not.find("too big") == 0);
  CHECK(two.unserved[0] == 1);
}

TEST_CASE("parts of GPUs are not joined") {
  FleetPool pool = pool_of("rtx-3090", {4});
  pool.is_part = true;
  CHECK(plan_fleet({pool}, {model_of("llama-3.3-70b", 1, 4096_tokens)}).options[0][0].gpus == 0);
}

TEST_CASE("the pool that needs the least memory for a user comes first, and nodes with few free slots") {
  const std::vector<FleetPool> pools = {pool_of("h100-sxm", {8}), pool_of("rtx-3060", {3, 1, 2})};
  const FleetPlan plan = plan_fleet(pools, {model_of("lfm2-1.2b", 1, 4096_tokens)});
  check_sound(plan, pools);
  REQUIRE(plan.placements.size() == 1);
  CHECK(plan.placements[0].pool == 1);
  CHECK(plan.placements[0].seats[0].node == "node1");
}

TEST_CASE("a speed that no slot reaches leaves users unserved and says why") {
  const FleetPlan plan =
      plan_fleet({pool_of("gtx-1650", {8})}, {model_of("lfm2-2.6b", 5, 4096_tokens, TokenRate(5000))});
  CHECK_FALSE(plan.serves_all());
  CHECK(plan.unserved[0] == 5);
  CHECK(plan.options[0][0].why_not.find("too slow") == 0);
}

TEST_CASE("the hardest model is placed first") {
  const FleetPlan plan = plan_fleet({pool_of("rtx-3090", {2})},
                                    {model_of("lfm2-1.2b", 1, 4096_tokens), model_of("llama-3.3-70b", 1, 4096_tokens)});
  CHECK(plan.unserved[1] == 0);
  CHECK(plan.unserved[0] == 1);
}

TEST_CASE("plans of any fleet promise no slot twice and nothing that does not fit") {
  std::mt19937 random(7);
  const auto any = [&](int most) { return static_cast<std::int64_t>(random() % static_cast<unsigned>(most + 1)); };
  const std::vector<const char*> devices = {"rtx-3060", "rtx-4090", "h100-sxm", "gtx-1650"};
  const std::vector<const char*> models = {"lfm2-1.2b", "lfm2-8b-a1b", "llama-3.3-70b"};
  for (int round = 0; round < 12; ++round) {
    std::vector<FleetPool> pools;
    for (const char* device : devices) pools.push_back(pool_of(device, {any(4), any(2)}));
    std::vector<FleetModel> asked;
    for (const char* model : models) {
      if (any(2) > 0)
        asked.push_back(model_of(model, 1 + any(60), 4096_tokens * (1 + any(3)), TokenRate(1.0 + double(any(30)))));
    }
    CAPTURE(round);
    check_sound(plan_fleet(pools, asked), pools);
  }
}
