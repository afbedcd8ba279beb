#include "cli/line_answers.hpp"

#include "catch.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using render::Json;

namespace {

ask::Finder finder_here() { return ask::Finder(test::shipped(), {}, std::nullopt, ask::MemoryCount::kFree); }

/// What a program that never saw another line says.
std::string alone(const std::string& line) {
  ask::Finder finder = finder_here();
  return cli::LineAnswers(finder).answer(line);
}

}  // namespace

TEST_CASE("an answer is the same whatever lines came before") {
  const std::vector<std::string> lines = {
      R"({"model": "lfm2-1.2b", "device": "rtx-4090"})",
      R"({"model": "lfm2-1.2b", "device": "rtx-3060"})",
      R"({"device": "rtx-3060", "model": "lfm2-1.2b"})",
      R"({"model": "lfm2-1.2b", "device": "rx-7900-xtx"})",
      R"({"model": "lfm2-1.2b", "device": "rtx-3060", "context": "fit"})",
      R"({"model": "lfm2-1.2b", "device": "gtx-1060-3gb", "context": "fit"})",
      R"({"model": "qwen3-30b-a3b", "device": "rtx-3060", "ram": 68719476736})",
      R"({"model": "qwen3-30b-a3b", "device": "rtx-5090", "ram": 68719476736})",
      R"({"model": "lfm2-1.2b", "device": "rtx-4090", "override_tensor": ["ffn=CPU"]})",
      R"({"model": "qwen3-8b", "device": "gtx-1060-3gb", "quantization": "best"})",
      R"({"model": "qwen3-8b", "device": "rtx-3060", "quantization": "best"})",
      R"({"model": "qwen3-8b", "device": "rtx-4090", "quantization": "best"})",
      R"({"model": "qwen3-8b", "device": "rtx-5090", "runtime": "vllm"})",
      R"({"model": "qwen3-8b", "device": "rtx-4090", "runtime": "vllm"})",
      R"({"model": "lfm2-1.2b"})",
      R"({"model": "nobody", "device": "rtx-4090"})",
      R"({"model": "lfm2-1.2b", "device": "nothing"})",
      R"([])",
      R"({"model")"};
  ask::Finder finder = finder_here();
  cli::LineAnswers answers(finder);
  for (int round = 0; round < 2; ++round) {
    for (const std::string& line : lines) {
      INFO(line);
      CHECK(answers.answer(line) == alone(line));
    }
  }
}

TEST_CASE("an answer that is given again bears the id of its own request") {
  ask::Finder finder = finder_here();
  cli::LineAnswers answers(finder);
  const auto id_of = [&](const std::string& id, const std::string& rest) {
    return Json::parse(answers.answer("{\"id\": " + id + ", " + rest + "}"));
  };
  for (const char* rest : {R"("model": "lfm2-1.2b")", R"("model": "nobody")"}) {
    CHECK(id_of("1", rest)["id"] == 1);
    CHECK(id_of("\"a\\\"b\"", rest)["id"] == "a\"b");
    CHECK(id_of("2.5", rest)["id"] == 2.5);
    CHECK_FALSE(id_of("null", rest).contains("id"));
    CHECK_FALSE(id_of("[1]", rest).contains("id"));
  }
  const std::string text = answers.answer(R"({"id": 7, "model": "lfm2-1.2b"})");
  CHECK(text.rfind(R"({"schema":"lfmfit.estimate/1","id":7,"model":)", 0) == 0);
  CHECK(text.back() == '\n');
}
