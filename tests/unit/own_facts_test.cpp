#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

using Catch::Matchers::Contains;
using Json = nlohmann::json;
using test::Outcome;
using test::TemporaryFolder;

namespace {

constexpr const char* kBackend = R"({"backends": [
  {"name": "sycl", "label": "SYCL", "also_drives": [{"vendor": "Intel", "classes": ["gpu", "unified", "server"]}],
   "traits": {"alignment": 128, "row_padding": 512},
   "overheads": [{"low_mib": 100, "value_mib": 200, "high_mib": 400, "source": "made up"}]}]})";

constexpr const char* kSpeed = R"({"speed": [
  {"id": "decode/sycl", "law": "decode", "label": "any device", "backend": "sycl", "rows": 0,
   "dense_read": 1.5, "expert_read": 2, "launch_us": 5, "kv_read": 2, "compute": 1},
  {"id": "prefill/sycl", "law": "prefill", "label": "any device", "backend": "sycl", "rows": 0,
   "dense_compute": 2, "expert_compute": 3, "launch_us": 6, "read": 1.5, "attention": 4}]})";

std::string refusal(const std::vector<std::string>& args) {
  const Outcome outcome = test::lfmfit(args);
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  return outcome.err;
}

TEST_CASE("a backend of one's own drives what its row says, its speed included") {
  const TemporaryFolder facts;
  facts.write("backends.json", kBackend);
  facts.write("speed.json", kSpeed);
  const Outcome outcome =
      test::lfmfit({"check", "lfm2-1.2b", "--on", "arc-b580", "--backend", "sycl", "--data", facts.path(), "--json"});
  INFO(outcome.err);
  REQUIRE(outcome.code == 0);
  const Json answer = Json::parse(outcome.out);
  CHECK(answer["request"]["backend"] == "sycl");
  CHECK(answer["memory"]["gpus"][0]["runtime_bytes"] == 200 << 20);
  CHECK(answer["speed"]["decode_tok_s"] > 50);
  CHECK(answer["speed"]["speed_measured"] == false);
  CHECK_THAT(refusal({"check", "lfm2-1.2b", "--on", "rtx-4090", "--backend", "sycl", "--data", facts.path()}),
             Contains("SYCL does not run on GeForce RTX 4090"));
  CHECK_THAT(refusal({"check", "lfm2-1.2b", "--on", "arc-b580", "--backend", "sycl"}), Contains("no backend \"sycl\""));
}

TEST_CASE("a backend of one's own without constants of speed is answered for memory") {
  const TemporaryFolder facts;
  facts.write("backends.json", kBackend);
  const Outcome outcome =
      test::lfmfit({"check", "lfm2-1.2b", "--on", "arc-b580", "--backend", "sycl", "--data", facts.path()});
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("Arc B580: runs great"));
}

}  // namespace
