#include "core/answer/settle.hpp"

#include "catch.hpp"
#include "lfmfit/estimate.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using test::question_about;

namespace {

Estimate on_a_mac(Bytes reserve) {
  Question question = question_about("mistralai/Ministral-3-8B-Instruct-2512", "apple-macbook-pro-m4-pro-24gb");
  question.quantization = &test::shipped().quantization("Q8_0");
  question.request.context = Tokens(65536);
  question.request.placing = Placing::kWhereNeeded;
  question.reserve = reserve;
  return estimate(question);
}

}  // namespace

TEST_CASE("What the mapped span of a file leaves no room for is placed by what it takes, not called too big") {
  for (const std::int64_t mib : {100, 200, 300, 500, 1000}) {
    INFO(mib);
    CHECK(fits(*on_a_mac(Bytes(mib << 20)).fit));
  }
}

TEST_CASE("What lies on the GPU as a whole was not placed") {
  for (const std::int64_t mib : {0, 50, 100, 150, 200, 250}) {
    INFO(mib);
    const Estimate answer = on_a_mac(Bytes(mib << 20));
    CHECK((answer.request.placing == Placing::kGiven) == (answer.fit->verdict == Verdict::kPartial));
  }
}
