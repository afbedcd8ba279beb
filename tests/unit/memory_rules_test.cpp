#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;
using namespace lfmfit::literals;

constexpr const char* kDevices =
    R"("devices":[{"id":"mine","name":"Mine","vendor":"Me","class":"gpu","segment":"consumer","generation":"G1","backend":"cuda","memory_gib":8,"memory_type":"M1","compute_capability":"1.0","source":"s","confidence":"low"},
     {"id":"box","name":"Box","vendor":"Me","class":"unified","segment":"laptop","generation":"G2","backend":"metal","memory_gib":32,"source":"s","confidence":"low"}])";

/// A catalogue with two devices of a vendor of its own and these rules about it.
Catalog with_rules(const std::string& rules) {
  return Catalog({{"my.json", "{" + std::string(kDevices) + R"(,"memory_rules":[)" + rules + "]}"}});
}

std::string rule_fault(const std::string& rule) {
  try {
    with_rules(R"({"id":"r",)" + rule + "}").devices();
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadFile);
    return error.what();
  }
  return {};
}

TEST_CASE("A device that no rule is about has all of its memory") {
  const Catalog catalog = with_rules("");
  CHECK(catalog.device("mine").usable == 8_GiB);
  CHECK(catalog.device("mine").usable_note.empty());
  CHECK_FALSE(catalog.device("box").knob);
}

TEST_CASE("A rule takes a share of what the driver lists, then MiB and MiB for each GiB") {
  const Catalog catalog = with_rules(R"({"id":"r","vendor":"Me","reported":{"share":0.75,"source":"s"},
    "total":{"share_low":0.5,"share":0.75,"kept_low_mib":8,"kept_mib":16,"kept_high_mib":32,"kept_mib_per_gib":2,"note":"why","source":"s"}})");
  const Device& device = catalog.device("mine");
  CHECK(device.reported == 6_GiB);
  CHECK(device.total.low == 3_GiB - 48_MiB);
  CHECK(device.total.value == Bytes(4608_MiB) - 32_MiB);
  CHECK(device.total.high == Bytes(4608_MiB) - 24_MiB);
  CHECK(device.usable == device.total.low);
  CHECK(device.usable_note == "why");
}

TEST_CASE("However much a rule says is kept, half is left") {
  const Catalog catalog = with_rules(R"({"id":"r","vendor":"Me","total":{"kept_mib":8000,"note":"n","source":"s"}})");
  CHECK(catalog.device("mine").usable == 4_GiB);
}

TEST_CASE("Of the rules about a device the last that says something of a kind holds") {
  const std::string total = R"("total":{"note":"n","source":"s","exactly_mib":)";
  const Catalog catalog = with_rules(
      R"({"id":"a","vendor":"Me",)" + total + R"(1000}},{"id":"b","vendor":"Me","memory_gib":8,)" + total +
      R"(2000}},{"id":"c","vendor":"Me","system":{"share":0.5,"least_mib":0,"most_mib":1024,"source":"s"}})");
  CHECK(catalog.device("mine").usable == 2000_MiB);
  CHECK(catalog.device("box").usable == 1000_MiB);
  CHECK(catalog.device("box").host_memory == 31_GiB);
  CHECK_FALSE(catalog.device("mine").host_memory);
}

TEST_CASE("A rule is about the devices that have all it names") {
  const auto usable = [](const std::string& subject) {
    const Catalog catalog = with_rules(R"({"id":"r","vendor":"Me",)" + subject +
                                       R"(,"total":{"exactly_mib":5000,"note":"n","source":"s"}})");
    return catalog.device("mine").usable;
  };
  for (const char* subject :
       {R"("classes":["gpu","server"])", R"("segments":["laptop","consumer"])", R"("generations":["G1"])",
        R"("backends":["cuda"])", R"("memory_types":["M1"])", R"("compute_capability":"1.0")", R"("memory_gib":8)"}) {
    INFO(subject);
    CHECK(usable(subject) == 5000_MiB);
  }
  for (const char* subject :
       {R"("classes":["cpu"])", R"("segments":["edge"])", R"("generations":["G2"])", R"("backends":["rocm"])",
        R"("memory_types":["M2"])", R"("compute_capability":"1.1")", R"("memory_gib":9)"}) {
    INFO(subject);
    CHECK(usable(subject) == 8_GiB);
  }
}

TEST_CASE("A knob is told with the value that leaves the system its part") {
  const auto knob_of = [](const std::string& leaves) {
    return with_rules(
               R"({"id":"r","vendor":"Me","total":{"share":0.75,"note":"n","source":"s"},"knob":{"setting":"s","unit_bytes":1048576,"how":"set s={} now",)" +
               leaves + R"(,"source":"s"}})")
        .device("box")
        .knob;
  };
  const SharedValue<MemoryKnob> knob = knob_of(R"("share":0.125,"least_mib":1,"most_mib":8192)");
  REQUIRE(knob);
  CHECK(knob->value == 28 * 1024);
  CHECK(knob->how == "set s=28672 now");
  CHECK(knob->usable == 28_GiB);
  CHECK(knob->leaves == 4_GiB);
  CHECK_FALSE(knob_of(R"("share":0.25,"least_mib":1,"most_mib":16384)"));  // no more than without
}

TEST_CASE("What a row states of its memory goes before the rules") {
  const auto mine = [](const std::string& keys) {
    return Catalog(
               {{"my.json",
                 R"({"devices":[{"id":"mine","name":"Mine","vendor":"NVIDIA","class":"gpu","segment":"consumer","generation":"Ada","backend":"cuda","memory_gib":8,)" +
                     keys + R"("source":"s","confidence":"low"}]})"}})
        .device("mine");
  };
  const Device total = mine(R"("total_mib":7000,"total_low_mib":6900,"total_source":"s","host_memory_gib":32,)");
  CHECK(total.total.value == 7000_MiB);
  CHECK(total.total.high == 7000_MiB);
  CHECK(total.usable == 6900_MiB);
  CHECK(total.host_memory == 32_GiB - Bytes(part_of(total.system, 32_GiB)));
  CHECK(mine(R"("usable_gib":5,)").usable == 5_GiB);
  CHECK(mine(R"("reported_mib":8000,)").total.low == 8000_MiB - 536_MiB);
  CHECK_THROWS_WITH(mine(R"("total_mib":7000,)"), Contains("total_source"));
  CHECK_THROWS_WITH(mine(R"("total_mib":9000,"total_source":"s",)"), Contains("memory_gib"));
  CHECK_THROWS_WITH(mine(R"("total_mib":7000,"total_low_mib":7001,"total_source":"s",)"), Contains("total_low_mib"));
  CHECK_THROWS_WITH(mine(R"("reported_mib":9000,)"), Contains("memory_gib"));
}

TEST_CASE("What a rule says is checked") {
  const auto total = [](const std::string& keys) { return R"("total":{)" + keys + R"("note":"n","source":"s"})"; };
  CHECK(rule_fault(total("")).empty());
  CHECK_THAT(rule_fault(R"("maker":"Me")"), Contains("\"maker\""));
  CHECK_THAT(rule_fault(R"("classes":["card"])"), Contains("not \"card\""));
  CHECK_THAT(rule_fault(R"("total":{"note":"n"})"), Contains("\"source\""));
  CHECK_THAT(rule_fault(total(R"("share":1.5,)")), Contains("\"share\""));
  CHECK_THAT(rule_fault(total(R"("share_low":0.9,"share":0.8,)")), Contains("\"share_low\""));
  CHECK_THAT(rule_fault(total(R"("kept_mib":2,"kept_high_mib":1,)")), Contains("\"kept_high_mib\""));
  CHECK_THAT(rule_fault(total(R"("taken_mib":2,)")), Contains("\"taken_mib\""));
  CHECK_THAT(rule_fault(R"("desktop":{"low_mib":2,"value_mib":1,"high_mib":3,"source":"s"})"),
             Contains("\"value_mib\""));
  CHECK_THAT(rule_fault(R"("windows":{"low_mib":2,"value_mib":3,"source":"s"})"), Contains("\"high_mib\""));
  CHECK_THAT(rule_fault(R"("system":{"share":0.1,"least_mib":2,"most_mib":1,"source":"s"})"),
             Contains("\"least_mib\""));
  CHECK_THAT(
      rule_fault(
          R"("knob":{"setting":"s","unit_bytes":1,"how":"set it","share":0.1,"least_mib":1,"most_mib":2,"source":"s"})"),
      Contains("\"how\""));
  CHECK_THAT(rule_fault(R"("reported":{"share":0.1,"source":"s"})"), Contains("\"share\""));
}

}  // namespace
