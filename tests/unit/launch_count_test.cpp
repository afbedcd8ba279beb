#include "core/speed/launch_count.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit {

using namespace speed;

namespace {

LaunchCounts counts_of(const char* model) {
  LaunchCounts counts{};
  for (const Block& block : test::shipped().model(model).blocks) add_launches(block, counts);
  return counts;
}

double count(const char* model, LaunchPart part) { return counts_of(model)[static_cast<std::size_t>(part)]; }

const LaunchTable& table(const std::string& name) {
  for (const LaunchTable& table : test::shipped().speed().launches) {
    if (table.name == name) return table;
  }
  FAIL("no table " << name);
  return test::shipped().speed().launches.front();
}

}  // namespace

TEST_CASE("launches follow from the blocks, and from how many tokens are computed together") {
  const LaunchCounts counts = counts_of("LiquidAI/LFM2-1.2B");
  CHECK(total_launches(counts, table("cuda"), 1) == Approx(10 * 13 + 6 * 14 + 16 * 5));
  CHECK(total_launches(counts, table("cuda"), 8) == Approx(10 * 13 + 6 * 15 + 16 * 9));
  CHECK(total_launches(counts, table("cuda"), 9) == Approx(10 * 15 + 6 * 19 + 16 * 12));
  CHECK(total_launches(counts, table("metal"), 1) == Approx(10 * 10 + 6 * (13 + 2) + 16 * 6));
}

TEST_CASE("each kind of block counts as what it is") {
  CHECK(count("LiquidAI/LFM2-8B-A1B", LaunchPart::kExperts) == 22);
  CHECK(count("LiquidAI/LFM2-8B-A1B", LaunchPart::kDenseFeedForward) == 2);
  CHECK(count("deepseek-ai/DeepSeek-V2-Lite-Chat", LaunchPart::kLatentAttention) == 27);
  CHECK(count("deepseek-ai/DeepSeek-V2-Lite-Chat", LaunchPart::kSharedExpert) == 26);
  CHECK(count("google/gemma-3-1b-it", LaunchPart::kPostNorm) == 2 * 26);
  CHECK(count("tiiuae/Falcon-H1-0.5B-Instruct", LaunchPart::kStateSpace) == 36);
  CHECK(count("tiiuae/Falcon-H1-0.5B-Instruct", LaunchPart::kAttention) == 36);
  CHECK(count("openai/gpt-oss-20b", LaunchPart::kSinksOrNoRope) == 24);
  CHECK(count("openai/gpt-oss-20b", LaunchPart::kExpertBias) == 24);
}

}  // namespace lfmfit
