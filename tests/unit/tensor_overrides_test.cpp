#include "ask/tensor_overrides.hpp"

#include <fmt/format.h>

#include <chrono>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

namespace lfmfit::ask {

namespace {

using Catch::Matchers::Contains;
using test::shipped;

const Model& model() { return *test::question_about("Qwen/Qwen3-30B-A3B").model; }

std::vector<TensorOverride> parsed(const std::vector<std::string>& texts, const char* backend = "cuda") {
  return parse_overrides(texts, model(), shipped().backend(backend));
}

std::string override_fault(const std::string& text, const char* backend = "cuda") {
  try {
    parsed({text}, backend);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string on_the_host(std::string_view pattern) { return fmt::format("{}=CPU", pattern); }

}  // namespace

TEST_CASE("A pattern is for all tensors in whose name it is found") {
  const std::vector<TensorOverride> found = parsed({"exps=CPU"});
  REQUIRE(found.size() == 1);
  CHECK(found.front().place == kHost);
  CHECK(found.front().tensors.size() == 48 * 3);
  CHECK(parsed({"blk\\.(1[0-9])\\.ffn_.*_exps=CPU"}).front().tensors.size() == 10 * 3);
  CHECK(parsed({"^output.weight$=CPU"}).front().tensors == std::vector<TensorName>{{-1, "output.weight"}});
  CHECK(parsed({"nothing=CPU"}).front().tensors.empty());
}

TEST_CASE("Of several patterns the first that is found counts, whether commas or options part them") {
  for (const auto& texts : {std::vector<std::string>{"blk\\.0\\.=CUDA1,exps=CPU"},
                            std::vector<std::string>{"blk\\.0\\.=CUDA1", "exps=CPU"}}) {
    const std::vector<TensorOverride> found = parsed(texts);
    REQUIRE(found.size() == 2);
    CHECK(found[0].place == 1);
    CHECK(found[1].tensors.size() == 47 * 3);
  }
}

TEST_CASE("Memory is called as llama.cpp calls it on each backend") {
  CHECK(parsed({"exps=Vulkan0"}, "vulkan").front().place == 0);
  CHECK(parsed({"exps=ROCm3"}, "rocm").front().place == 3);
  CHECK(parsed({"exps=MTL0"}, "metal").front().place == 0);
  CHECK_THAT(override_fault("exps=CUDA0", "vulkan"), Contains("PATTERN=CPU or PATTERN=Vulkan0"));
  CHECK_THAT(override_fault("exps=CPU0"), Contains("CUDA0"));
  CHECK_THAT(override_fault("exps=CUDA"), Contains("CUDA0"));
  CHECK_THAT(override_fault("exps=CUDA-1"), Contains("CUDA0"));
  CHECK_THAT(override_fault("exps=CUDA99999999999999999999"), Contains("CUDA0"));
  CHECK_THAT(override_fault("exps=CUDA0", "cpu"), Contains("write PATTERN=CPU"));
}

TEST_CASE("What is no pattern is refused with what to write") {
  CHECK_THAT(override_fault("exps"), Contains("write PATTERN=CPU"));
  CHECK_THAT(override_fault(""), Contains("write PATTERN=CPU"));
  CHECK_THAT(override_fault("=CPU"), Contains("write PATTERN=CPU"));
  CHECK_THAT(override_fault("a=CPU,,b=CPU"), Contains("write PATTERN=CPU"));
  CHECK_THAT(override_fault("(exps=CPU"), Contains("no regular expression"));
  CHECK_THAT(override_fault("a)|(b=CPU"), Contains("no regular expression"));
  CHECK_THAT(override_fault("[z-a]=CPU"), Contains("no regular expression"));
}

TEST_CASE("No pattern takes long to be looked for, or is refused") {
  const std::string letters(900, 'a');
  const std::vector<std::string> patterns = {"(a*)*b",
                                             "(.*)*$x",
                                             "((((.*)*)*)*)*z",
                                             "(.|..|...|x)*!",
                                             "(.{90}){40}!",
                                             "(.{2000}){2000}",
                                             ".*.*.*.*.*.*.*.*.*.*.*.*.*.*.*.*!",
                                             letters + "*",
                                             fmt::format("{:(>90}.{:)>90}", "", ""),
                                             "(.*)\\1"};
  for (const std::string& pattern : patterns) {
    INFO(pattern);
    const auto start = std::chrono::steady_clock::now();
    override_fault(on_the_host(pattern));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
  }
  CHECK_THAT(override_fault("(.{90}){90}=CPU"), Contains("repeats too much"));
  CHECK_THAT(override_fault(on_the_host(std::string(5000, 'a'))), Contains("too long"));
  CHECK_THAT(override_fault(on_the_host(std::string(200, '('))), Contains("too long"));
  std::string many;
  for (int i = 0; i < 10; ++i) many += (i == 0 ? "" : ",") + letters + "=CPU";
  CHECK_THAT(override_fault(many), Contains("write fewer"));
}

}  // namespace lfmfit::ask
