#include "render/notes.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

namespace lfmfit::render {

namespace {

using Catch::Matchers::Contains;

std::vector<std::string> notes(const Question& question) { return notes_about(question, estimate(question)); }

}  // namespace

TEST_CASE("What a desktop takes is noted of cards that may drive one, unless that was thought of") {
  Question question = test::question_about("LiquidAI/LFM2-1.2B", "rtx-4090");
  REQUIRE(notes(question).size() == 1);
  CHECK_THAT(notes(question).front(), Contains("a desktop usually takes 0.86 GB (0.32 to 2.15)"));
  question.reserve = from_gib(1);
  CHECK(notes(question).empty());
  CHECK(notes(test::question_about("LiquidAI/LFM2-1.2B", "h100-sxm")).empty());
  CHECK(notes(test::question_about("LiquidAI/LFM2-1.2B")).empty());
}

TEST_CASE("The setting that lets a unified machine's GPU have enough is noted") {
  Question question = test::question_about("Qwen/Qwen3-30B-A3B", "apple-mac-mini-m4-pro-24gb");
  REQUIRE(notes(question).size() == 1);
  CHECK_THAT(notes(question).front(), Contains("sudo sysctl iogpu.wired_limit_mb=") && Contains("leaves"));
  CHECK_THAT(notes(question).front(), Contains("then it is tight."));
}

TEST_CASE("A report says why unified machines give a GPU less than their memory, and what changes that") {
  Report report;
  report.limited_pools = {3, 2, {"half of RAM", "a working set"}, {"a.limit"}};
  const std::vector<std::string> told = notes_about(report);
  REQUIRE(told.size() == 1);
  CHECK_THAT(told.front(), Contains("On 3 unified-memory devices") && Contains("(half of RAM / a working set)"));
  CHECK_THAT(told.front(), Contains("a.limit would make it fit on 2 of them"));
  CHECK(notes_about(Report{}).empty());
}

}  // namespace lfmfit::render
