#include "lfmfit/workload_speeds.hpp"

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"

using namespace lfmfit;

TEST_CASE("speeds worked out together are those that are worked out one by one") {
  const Catalog catalog;
  for (const char* device : {"rtx-4090", "ryzen-9-7950x"}) {
    Question question;
    question.model = &catalog.model("lfm2-8b-a1b");
    question.quantization = &catalog.quantization("Q4_K_M");
    question.device = &catalog.device(device);
    question.backend = &catalog.backend(question.device->backend);
    question.cache = {&catalog.tensor_type("f16"), &catalog.tensor_type("f16")};
    question.speed_constants = &catalog.speed();
    question.request.gpu_count = 1;
    question.request.context = Tokens(8192);
    Workload workload = *workload_of(question, stored_tensors(question));
    const SpeedTarget target{*question.device, *question.backend, catalog.speed()};
    const WorkloadSpeeds speeds(workload, target);

    CHECK(speeds.decode().value == estimate_decode(workload, target).value);
    CHECK(speeds.decode(8).value == estimate_decode(workload, target, 8).value);
    CHECK(speeds.decode().basis == estimate_decode(workload, target).basis);
    CHECK(speeds.prefill().time == estimate_prefill(workload, target).time);
    const TokenRate deep = speeds.decode_rate_at(4096);
    CHECK(deep < speeds.decode().value);
    workload.depth = 4096;
    CHECK(deep == decode_rate(workload, target));
  }
}
