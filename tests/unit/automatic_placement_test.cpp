#include "core/llamacpp/automatic_placement.hpp"

#include "catch.hpp"
#include "lfmfit/estimate.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;

Question left_open() {
  Question question = test::question_about("Qwen/Qwen3-14B", "rtx-3060-8gb");
  question.request.placing = Placing::kWhereNeeded;
  return question;
}

}  // namespace

TEST_CASE("Layers that do not fit are placed also where the cache is asked for in host memory, as --fit does") {
  Question question = left_open();
  question.request.context = Tokens(32768);
  question.request.offload_kqv = false;
  const Estimate answer = estimate(question);
  CHECK(answer.fit->verdict == Verdict::kPartial);
  CHECK(answer.request.gpu_layers > 0);
  CHECK(answer.request.gpu_layers <= std::ssize(question.model->blocks));
  CHECK(answer.memory.sum(MemoryUse::kKvCache, 0) == Bytes(0));
}

TEST_CASE("What somebody placed stays where it is, as --fit gives up there") {
  Question question = left_open();
  question.request.tensor_split = {1.0};
  const Estimate answer = estimate(question);
  CHECK(answer.fit->verdict == Verdict::kTooBig);
  CHECK(answer.request.gpu_layers == question.request.gpu_layers);
}
