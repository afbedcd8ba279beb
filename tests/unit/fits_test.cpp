#include "lfmfit/fits.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

Question about(const std::string& model, const std::string& device) {
  Question question = test::question_about(model, device);
  question.request.placing = Placing::kWhereNeeded;
  question.request.gpu_count = kAllGpus;
  return question;
}

std::vector<const Quantization*> usual_quantizations() {
  std::vector<const Quantization*> rows;
  for (const Quantization& quantization : shipped().quantizations()) {
    if (quantization.listed) rows.push_back(&quantization);
  }
  return rows;
}

std::optional<FittingModel> running(const Question& question, std::optional<TokenRate> min_speed = {}) {
  return best_running(question, usual_quantizations(), min_speed);
}

}  // namespace

TEST_CASE("A model runs at the largest quantization that leaves a tenth of the memory") {
  const auto found = running(about("Qwen/Qwen3-8B", "rtx-3060"));
  REQUIRE(found);
  CHECK(found->running == Running::kWell);
  CHECK(found->answer.fit->verdict <= Verdict::kRunsWell);
  const std::vector<const Quantization*> rows = usual_quantizations();
  const auto place = std::find(rows.begin(), rows.end(), found->question.quantization);
  REQUIRE(place != rows.begin());
  Question better = found->question;
  better.quantization = *(place - 1);
  CHECK(estimate(better).fit->verdict > Verdict::kRunsWell);
}

TEST_CASE("What fits in a lossy quantization alone runs at a loss, with parts on the host partly, else not") {
  const auto lossy = running(about("Qwen/Qwen3-32B", "rtx-4060-ti-16gb"));
  REQUIRE(lossy);
  CHECK(lossy->running == Running::kAtLoss);
  CHECK(lossy->question.quantization->quality_percent < 85);
  Question big = about("meta-llama/Llama-3.3-70B-Instruct", "rtx-4090");
  CHECK_FALSE(running(big));
  big.ram = from_gib(64);
  const auto partly = running(big);
  REQUIRE(partly);
  CHECK(partly->running == Running::kPartly);
  CHECK(partly->question.quantization->name == "Q4_K_M");
  CHECK_FALSE(running(about("deepseek-ai/DeepSeek-R1", "rtx-3060")));
}

TEST_CASE("A model runs as fast as asked or not at all") {
  const Question question = about("Qwen/Qwen3-8B", "rtx-3060");
  const TokenRate now = running(question)->answer.speed->decode.low;
  const auto quicker = running(question, now * 1.1);
  REQUIRE(quicker);
  CHECK(quicker->answer.speed->decode.low >= now * 1.1);
  CHECK_FALSE(running(question, TokenRate(1e5)));
}

TEST_CASE("Larger models come first among those that run alike, among equals the newest") {
  const auto small = *running(about("LiquidAI/LFM2.5-230M", "rtx-3060"));
  const auto older = *running(about("meta-llama/Llama-3.1-8B-Instruct", "rtx-3060"));
  const auto newer = *running(about("Qwen/Qwen3-8B", "rtx-3060"));
  CHECK(ranks_before(older, small));
  CHECK(ranks_before(newer, older));
  CHECK_FALSE(ranks_before(older, newer));
}

TEST_CASE("The longest context of a model that runs fits, and a step more does not") {
  const auto found = running(about("Qwen/Qwen3-8B", "rtx-3060"));
  REQUIRE(found);
  Question question = found->question;
  question.request.placing = Placing::kGiven;
  question.request.context = longest_of(*found);
  CHECK(estimate(question).fit->verdict <= Verdict::kTight);
  question.request.context = question.request.context + Tokens(256);
  CHECK((question.request.context > question.model->context_limit ||
         estimate(question).fit->verdict == Verdict::kTooBig));
}
