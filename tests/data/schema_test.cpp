#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "catch.hpp"
#include "lfmfit/asked.hpp"
#include "support/source_folder.hpp"

namespace {

nlohmann::json schema(const std::string& name) {
  std::ifstream file(test::source_folder() + "/data/schema/" + name + ".schema.json");
  return nlohmann::json::parse(file);
}

std::set<std::string> keys(const nlohmann::json& object) {
  std::set<std::string> names;
  for (const auto& field : object.items()) names.insert(field.key());
  return names;
}

}  // namespace

TEST_CASE("The schemas know every field of a request that answers print, and no other") {
  std::set<std::string> printed;
  lfmfit::for_each_printed_field(lfmfit::Asked{}, [&](const char* name, const auto&) { printed.insert(name); });
  for (const char* name : {"estimate", "report", "plan", "fits"}) {
    CAPTURE(name);
    CHECK(keys(schema(name)["$defs"]["request"]["properties"]) == printed);
  }
}

TEST_CASE("What two schemas describe is described alike") {
  const nlohmann::json estimate = schema("estimate")["$defs"], report = schema("report")["$defs"];
  for (const char* shared : {"request", "memory", "gpu_memory", "host_memory", "places", "verdict"}) {
    CAPTURE(shared);
    REQUIRE(estimate.contains(shared));
    CHECK(estimate[shared] == report[shared]);
  }
  const nlohmann::json plan = schema("plan")["$defs"], fits = schema("fits")["$defs"];
  for (const char* shared : {"request", "fit", "speed", "places", "verdict"}) {
    CAPTURE(shared);
    REQUIRE(plan.contains(shared));
    CHECK(plan[shared] == estimate[shared]);
    CHECK(fits[shared] == estimate[shared]);
  }
  CHECK(plan["remedy"] == estimate["remedy"]);
}
