#include "core/speed/launch_count.hpp"

#include "catch.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit {

using namespace speed;

namespace {

const Catalog& catalog() {
  static const Catalog catalog;
  return catalog;
}

std::int64_t count(const char* model, LaunchPart part) {
  return count_launches(catalog().model(model))[static_cast<std::size_t>(part)];
}

}  // namespace

TEST_CASE("launches follow from the blocks") {
  CHECK(total_launches(count_launches(catalog().model("LiquidAI/LFM2-1.2B")), catalog().speed()) ==
        Approx(20 + 10 * 7 + 6 * (10 + 2) + 16 * 5));
  CHECK(total_launches(count_launches(catalog().model("meta-llama/Llama-3.1-8B-Instruct")), catalog().speed()) ==
        Approx(20 + 32 * (10 + 5)));
}

TEST_CASE("each kind of block counts as what it is") {
  CHECK(count("LiquidAI/LFM2-8B-A1B", LaunchPart::kExperts) == 22);
  CHECK(count("LiquidAI/LFM2-8B-A1B", LaunchPart::kDenseFeedForward) == 2);
  CHECK(count("deepseek-ai/DeepSeek-V2-Lite-Chat", LaunchPart::kLatentAttention) == 27);
  CHECK(count("deepseek-ai/DeepSeek-V2-Lite-Chat", LaunchPart::kSharedExpert) == 26);
  CHECK(count("google/gemma-3-1b-it", LaunchPart::kPostNorm) == 2 * 26);
  CHECK(count("tiiuae/Falcon-H1-0.5B-Instruct", LaunchPart::kStateSpace) == 36);
  CHECK(count("tiiuae/Falcon-H1-0.5B-Instruct", LaunchPart::kAttention) == 36);
}

}  // namespace lfmfit
