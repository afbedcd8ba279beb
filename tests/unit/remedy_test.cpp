#include "lfmfit/remedy.hpp"

#include <algorithm>

#include "catch.hpp"
#include "lfmfit/plan.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

/// The usual quantizations and cache, and cards of NVIDIA.
RemedyMeans usual_means() {
  RemedyMeans means;
  for (const Quantization& quantization : shipped().quantizations()) {
    if (quantization.listed) means.quantizations.push_back(&quantization);
  }
  means.cache_type = &shipped().tensor_type("q8_0");
  for (const Device& device : shipped().devices()) {
    if (device.backend == "cuda") means.devices.push_back({&device, &shipped().backend("cuda")});
  }
  return means;
}

Question llama_on(const std::string& device, std::int64_t context) {
  Question question = test::question_about("meta-llama/Llama-3.1-8B-Instruct", device);
  question.request.context = Tokens(context);
  question.request.placing = Placing::kWhereNeeded;
  question.request.gpu_count = kAllGpus;
  question.ram = from_gib(4);
  return question;
}

std::vector<Remedy> remedies(const Question& question, const RemedyMeans& means = usual_means(),
                             std::size_t most = 100) {
  return remedies_of(question, estimate(question), means, most);
}

const Remedy* of_kind(const std::vector<Remedy>& remedies, Setting::Kind kind) {
  const auto found = std::find_if(remedies.begin(), remedies.end(), [kind](const Remedy& remedy) {
    return remedy.changes.size() == 1 && remedy.changes[0].kind == kind;
  });
  return found == remedies.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("What fits needs no remedy") { CHECK(remedies(llama_on("rtx-4090", 8192)).empty()); }

TEST_CASE("A context that keeps half comes before layers on the host, a shorter one after them") {
  const auto context_is_first = [](std::int64_t context) {
    Question question = llama_on("rtx-3060", context);
    question.request.placing = Placing::kGiven;
    question.ram = from_gib(64);
    const std::vector<Remedy> found = remedies(question);
    const Remedy* shorter = of_kind(found, Setting::Kind::kContext);
    const Remedy* placed = of_kind(found, Setting::Kind::kLayersOnGpu);
    REQUIRE(shorter != nullptr);
    REQUIRE(placed != nullptr);
    return shorter < placed;
  };
  CHECK(context_is_first(98304));  // 55,296 tokens fit
  CHECK_FALSE(context_is_first(131072));
}

TEST_CASE("What is too big has a shorter context, a smaller quantization and a larger card") {
  const Question question = llama_on("rtx-3060", 131072);
  REQUIRE_FALSE(fits(*estimate(question).fit));
  const std::vector<Remedy> found = remedies(question);
  REQUIRE_FALSE(found.empty());
  for (const Remedy& remedy : found) {
    CAPTURE(static_cast<int>(remedy.changes[0].kind), remedy.changes[0].name, remedy.changes[0].number);
    CHECK(fits(*estimate(remedy.question).fit));
    CHECK(estimate(remedy.question).fit->required == remedy.answer.fit->required);
  }
  const Remedy* shorter = of_kind(found, Setting::Kind::kContext);
  REQUIRE(shorter != nullptr);
  Question longer = question;
  longer.request.context = shorter->question.request.context + Tokens(256);
  CHECK_FALSE(fits(*estimate(longer).fit));
  const Remedy* card = of_kind(found, Setting::Kind::kDevice);
  REQUIRE(card != nullptr);
  for (const ReportScope::Candidate& other : usual_means().devices) {
    const Device& device = *other.device;
    const Device& now = *question.device;
    const bool alike = device.device_class == now.device_class && device.segment == now.segment;
    if (!alike || device.memory <= now.memory || device.memory >= card->question.device->memory) continue;
    Question there = question;
    there.device = &device;
    CAPTURE(device.id);
    CHECK_FALSE(is_whole(estimate(there)));
  }
}

TEST_CASE("The cheapest come first, and no more than are asked for") {
  const std::vector<Remedy> all = remedies(llama_on("rtx-3060", 131072));
  const std::vector<Remedy> two = remedies(llama_on("rtx-3060", 131072), usual_means(), 2);
  REQUIRE(all.size() > 2);
  REQUIRE(two.size() == 2);
  CHECK(two[0].changes == all[0].changes);
  CHECK(two[1].changes == all[1].changes);
  const auto is_other_hardware = [](const Remedy& remedy) { return is_hardware(remedy.changes[0].kind); };
  CHECK(std::is_partitioned(all.begin(), all.end(), [&](const Remedy& remedy) { return !is_other_hardware(remedy); }));
}

TEST_CASE("A smaller cache comes first where it is enough, and is told with what it saves") {
  Question question = llama_on("rtx-4090", 131072);
  question.quantization = &shipped().quantization("Q8_0");
  REQUIRE_FALSE(is_whole(estimate(question)));
  const std::vector<Remedy> found = remedies(question);
  REQUIRE_FALSE(found.empty());
  CHECK(found[0].changes == std::vector<Setting>{{Setting::Kind::kCacheType, 0, "q8_0"}});
  CHECK(found[0].saves > Bytes(0));
  question.cache = {&shipped().tensor_type("q8_0"), &shipped().tensor_type("q8_0")};
  CHECK(remedies(question).empty());
}

TEST_CASE("Of what has parts in host memory and fits, the remedies put all of it on the GPUs") {
  Question question = llama_on("rtx-3060", 131072);
  question.ram = from_gib(64);
  REQUIRE(estimate(question).fit->verdict == Verdict::kPartial);
  const std::vector<Remedy> found = remedies(question);
  REQUIRE_FALSE(found.empty());
  for (const Remedy& remedy : found) CHECK(is_whole(remedy.answer));
  CHECK(of_kind(found, Setting::Kind::kLayersOnGpu) == nullptr);
}

TEST_CASE("RAM that nobody spoke of is a remedy, the least that is sold") {
  Question question = test::question_about("meta-llama/Llama-3.3-70B-Instruct", "rtx-4090");
  question.request.placing = Placing::kWhereNeeded;
  REQUIRE(estimate(question).fit->host_wanted);
  const std::vector<Remedy> found = remedies(question);
  const Remedy* more = of_kind(found, Setting::Kind::kHostMemory);
  REQUIRE(more != nullptr);
  question.ram = from_gib(static_cast<double>(more->changes[0].number));
  CHECK(fits(*estimate(question).fit));
  question.ram = from_gib(static_cast<double>(more->changes[0].number) / 2);
  CHECK_FALSE(fits(*estimate(question).fit));
}

TEST_CASE("Several of a card are asked for by their number, and hold it wholly") {
  Question question = test::question_about("meta-llama/Llama-3.3-70B-Instruct", "rtx-3090");
  question.request.placing = Placing::kWhereNeeded;
  question.request.gpu_count = kAllGpus;
  const std::vector<Remedy> found = remedies(question);
  REQUIRE_FALSE(found.empty());
  const Remedy& last = found.back();
  REQUIRE(last.machine != nullptr);
  CHECK(last.changes[0].name == "2x rtx-3090");
  CHECK(last.question.device == last.machine.get());
  CHECK(is_whole(last.answer));
}

TEST_CASE("A speed that is asked for must be reached with the change too") {
  const Question question = llama_on("rtx-3060", 8192);
  RemedyMeans means = usual_means();
  REQUIRE(is_whole(estimate(question)));
  means.min_speed = estimate(question).speed->decode.low * 1.05;
  const std::vector<Remedy> found = remedies(question, means);
  REQUIRE_FALSE(found.empty());
  for (const Remedy& remedy : found) CHECK(remedy.answer.speed->decode.low >= *means.min_speed);
}

TEST_CASE("Each of several requests has its share of the speed of all") {
  Question question = llama_on("rtx-3060", 8192);
  question.request.parallel = 4;
  const Estimate answer = estimate(question);
  const TokenRate each = answer.speed->throughput->low / 4.0;
  CHECK(is_quick(answer.speed, answer.request, each * 0.99));
  CHECK_FALSE(is_quick(answer.speed, answer.request, each * 1.01));
  CHECK_FALSE(is_quick(std::nullopt, answer.request, each));
  CHECK(is_quick(std::nullopt, answer.request, std::nullopt));
}

TEST_CASE("Where no setting alone is enough, the largest quantization that fits with a smaller cache is told") {
  Question question = llama_on("rtx-3060", 29 * 4096);
  question.request.parallel = 29;
  const std::vector<Remedy> found = remedies(question);
  const auto both = std::find_if(found.begin(), found.end(), [](const Remedy& remedy) {
    return remedy.changes.size() == 2 && remedy.changes[0].kind == Setting::Kind::kQuantization &&
           remedy.changes[1].kind == Setting::Kind::kCacheType;
  });
  REQUIRE(both != found.end());
  Question changed = question;
  changed.cache = {&shipped().tensor_type("q8_0"), &shipped().tensor_type("q8_0")};
  bool is_smaller = false;
  for (const Quantization* quantization : usual_means().quantizations) {
    changed.quantization = quantization;
    const bool is_it = quantization->name == both->changes[0].name;
    if (quantization == question.quantization)
      is_smaller = true;
    else if (is_smaller)
      CHECK(fits(*estimate(changed).fit) == is_it);
    if (is_it) break;
  }
}
