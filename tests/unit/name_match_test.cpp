#include "core/base/name_match.hpp"

#include "catch.hpp"

namespace {

using lfmfit::match_name;
using lfmfit::Nameable;
using lfmfit::NameMatch;
using lfmfit::nearest_name;

const std::vector<Nameable> kModels{{"LiquidAI/LFM2-1.2B", ""},
                                    {"LiquidAI/LFM2-1.2B-RAG", ""},
                                    {"LiquidAI/LFM2-1.2B-Extract", ""},
                                    {"meta-llama/Llama-3.1-8B-Instruct", ""},
                                    {"deepseek-ai/DeepSeek-R1-Distill-Llama-8B", ""},
                                    {"mistralai/Mistral-7B-Instruct-v0.2", ""},
                                    {"mistralai/Mistral-7B-Instruct-v0.3", ""},
                                    {"google/gemma-3-4b-it", ""},
                                    {"deepseek-ai/DeepSeek-V3-0324", ""},
                                    {"deepseek-ai/DeepSeek-V3.1", ""}};

std::string found(std::string_view wanted, const std::vector<Nameable>& things = kModels) {
  const NameMatch match = match_name(wanted, things);
  return match.found ? std::string(things[*match.found].id) : std::string();
}

TEST_CASE("An exact id is found although others contain it") {
  CHECK(found("LiquidAI/LFM2-1.2B") == "LiquidAI/LFM2-1.2B");
  CHECK(found("LFM2-1.2B") == "LiquidAI/LFM2-1.2B");
}

TEST_CASE("Case and punctuation do not matter, a point between digits does") {
  CHECK(found("lfm2-1.2b-rag") == "LiquidAI/LFM2-1.2B-RAG");
  CHECK(found("lfm2 1.2B RAG") == "LiquidAI/LFM2-1.2B-RAG");
  CHECK(found("LFM2_1.2b.rag") == "LiquidAI/LFM2-1.2B-RAG");
  CHECK(found("lfm2-12b").empty());
}

TEST_CASE("The edition behind a name may be left out") {
  CHECK(found("llama-3.1-8b") == "meta-llama/Llama-3.1-8B-Instruct");
  CHECK(found("gemma-3-4b") == "google/gemma-3-4b-it");
  CHECK(found("deepseek-v3") == "deepseek-ai/DeepSeek-V3-0324");
}

TEST_CASE("A part that only one id has is enough") {
  CHECK(found("extract") == "LiquidAI/LFM2-1.2B-Extract");
  CHECK(found("distill") == "deepseek-ai/DeepSeek-R1-Distill-Llama-8B");
}

TEST_CASE("What several ids have is no answer") {
  const NameMatch match = match_name("mistral-7b", kModels);
  CHECK_FALSE(match.found);
  CHECK(match.candidates == std::vector<std::size_t>{5, 6});
  CHECK(match_name("lfm2", kModels).candidates.size() == 3);
}

TEST_CASE("A misspelt name gets the nearest") {
  const NameMatch match = match_name("lfm2-1.2b-ragg", kModels);
  CHECK_FALSE(match.found);
  REQUIRE_FALSE(match.nearest.empty());
  CHECK(match.nearest.front() == 1);
  CHECK(match.nearest.size() <= 3);
  CHECK(match_name("lfm2-1.2b-rga", kModels).nearest.front() == 1);
}

TEST_CASE("Nothing is near nonsense") {
  for (const std::string& wanted :
       {std::string(), std::string("-/-"), std::string("zzzzzzzz"), std::string(100000, 'a')}) {
    const NameMatch match = match_name(wanted, kModels);
    CHECK_FALSE(match.found);
    CHECK(match.candidates.empty());
    CHECK(match.nearest.empty());
  }
}

TEST_CASE("A thing is found by its name as well as by its id") {
  const std::vector<Nameable> devices{{"rtx-4090", "GeForce RTX 4090"},
                                      {"rtx-4090-laptop", "GeForce RTX 4090 Laptop GPU"}};
  CHECK(found("RTX 4090", devices) == "rtx-4090");
  CHECK(found("geforce rtx 4090", devices) == "rtx-4090");
  CHECK(found("4090 laptop", devices) == "rtx-4090-laptop");
}

TEST_CASE("The nearest name is one that can have been meant") {
  const std::vector<std::string_view> names{"Q4_K_M", "Q4_0", "Q8_0"};
  CHECK(nearest_name("q4km", names) == "Q4_K_M");
  CHECK(nearest_name("Q4_K_N", names) == "Q4_K_M");
  CHECK(nearest_name("enormous", names).empty());
  CHECK(nearest_name(std::string(100000, 'q'), names).empty());
}

}  // namespace
