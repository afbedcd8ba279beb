#include "render/change_text.hpp"

#include "catch.hpp"

using namespace lfmfit;
using render::change_text;

TEST_CASE("A change is written as the options that make it, or as what other hardware has") {
  CHECK(change_text({Change::Kind::kQuantization, 0, "Q3_K_M", "fair"}) == "-q Q3_K_M (fair)");
  CHECK(change_text({Change::Kind::kQuantization, 0, "Q3_K_M"}) == "-q Q3_K_M");
  CHECK(change_text({Change::Kind::kCacheType, 0, "q8_0"}) == "-ctk q8_0 -ctv q8_0 (unmeasured)");
  CHECK(change_text({Change::Kind::kExpertsOnHost, 4}) == "-ncmoe 4 (the fewest that fit)");
  CHECK(change_text({Change::Kind::kExpertsOnHost, 0}) == "all experts on the GPU");
  CHECK(change_text({Change::Kind::kLayersOnGpu, 12}) == "-ngl 12 (the most that fit)");
  CHECK(change_text({Change::Kind::kLayersOnGpu, Change::kAll}) == "all layers on the GPU");
  CHECK(change_text({Change::Kind::kMicroBatch, 2048}) == "-ub 2048 (for prompts as long)");
  CHECK(change_text({Change::Kind::kHostBandwidth}) == "host memory of twice the bandwidth");
}

TEST_CASE("Hardware is what no setting changes") {
  CHECK(is_hardware(Change::Kind::kCompute));
  CHECK(is_hardware(Change::Kind::kPcieBandwidth));
  CHECK_FALSE(is_hardware(Change::Kind::kMicroBatch));
  CHECK_FALSE(is_hardware(Change::Kind::kCacheOnGpu));
}
