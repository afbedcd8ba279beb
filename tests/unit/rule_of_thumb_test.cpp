#include "lfmfit/rule_of_thumb.hpp"

#include <fmt/format.h>

#include <cmath>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/scene.hpp"

using namespace lfmfit;
using test::shipped;

namespace {

const Model& rag() { return shipped().model("LiquidAI/LFM2-1.2B-RAG"); }

std::string one_decimal(Bytes bytes) { return fmt::format("{:.1f}", in_gb(bytes)); }

double rate_on(const char* device) {
  return rule_of_thumb_decode_rate(rag(), shipped().quantization("Q4_K_M"), shipped().device(device)).value();
}

struct Cells {
  const char *quantization, *vram, *full, *file;
};

}  // namespace

TEST_CASE("sites know a card of two halves as one card") { CHECK(std::lround(rate_on("mi250x")) == 1653); }

TEST_CASE("the page method prints the table that sites print for LFM2 1.2B RAG, cell by cell") {
  const auto cells = GENERATE(Cells{"Q2_K", "0.9", "5.0", "0.51"}, Cells{"Q3_K_S", "0.9", "5.0", "0.53"},
                              Cells{"Q3_K_M", "0.9", "5.1", "0.58"}, Cells{"Q4_0", "1.0", "5.1", "0.60"},
                              Cells{"Q4_K_M", "1.1", "5.2", "0.72"}, Cells{"Q5_K_M", "1.2", "5.3", "0.85"},
                              Cells{"Q6_K", "1.4", "5.5", "0.99"}, Cells{"Q8_0", "1.6", "5.7", "1.20"});
  CAPTURE(cells.quantization);
  const Quantization& quantization = shipped().quantization(cells.quantization);
  CHECK(one_decimal(rule_of_thumb_memory(rag(), quantization, kCalculatorContext).total(0)) == cells.vram);
  CHECK(one_decimal(rule_of_thumb_memory(rag(), quantization, Tokens(128000)).total(0)) == cells.full);
  CHECK(fmt::format("{:.2f}", in_gb(nominal_file_bytes(rag(), quantization))) == cells.file);
}

TEST_CASE("the page method divides the bandwidth by all the memory") {
  CHECK(rate_on("rtx-4090") == Approx(601).margin(0.5));
  CHECK(rate_on("mi300x") == Approx(2674).margin(0.5));
}

TEST_CASE("the page method takes the number of weights from the model's name") {
  CHECK(nominal_parameters(rag()) == 1.2e9);
  CHECK(nominal_parameters(shipped().model("LiquidAI/LFM2-350M")) == 350e6);
  CHECK(nominal_parameters(shipped().model("LiquidAI/LFM2-8B-A1B")) == 8e9);
  Model unnamed = rag();
  unnamed.card.name = "Retriever 2";
  CHECK(nominal_parameters(unnamed) == 1.2e9);
}

TEST_CASE("the page method refuses what sites do not list") {
  CHECK_THROWS_AS(nominal_file_bytes(rag(), shipped().quantization("F32")), Error);
  Model no_attention = rag();
  std::erase_if(no_attention.blocks, [](const Block& block) { return std::holds_alternative<Attention>(block.mixer); });
  CHECK_THROWS_AS(rule_of_thumb_memory(no_attention, shipped().quantization("Q4_K_M"), kCalculatorContext), Error);
}
