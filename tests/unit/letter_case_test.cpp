#include "core/base/letter_case.hpp"

#include "catch.hpp"

using namespace lfmfit;

TEST_CASE("words are compared without regard to case") {
  CHECK(lower("LFM2-8B") == "lfm2-8b");
  CHECK(same_but_case("Q4_K_M", "q4_k_m"));
  CHECK(!same_but_case("Q4_K_M", "q4_k"));
  CHECK(contains_but_case("LiquidAI/LFM2", "lfm"));
  CHECK(contains_but_case("LFM2", ""));
  CHECK(!contains_but_case("LFM", "LFM2"));
}
