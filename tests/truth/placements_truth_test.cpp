#include <array>
#include <string>
#include <vector>

#include "catch.hpp"
#include "lfmfit/release.hpp"
#include "support/csv_rows.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;

/// A line of placements.csv: a card's memory less what is to be left, and where llama.cpp v0.5.0 itself (--fit) places
/// a model that it does not hold, asked as its plain API does, with whole windows. `first_partial` is the first layer
/// whose experts it moves away, `part` what of that layer.
Question question_of(const test::CsvRow& row) {
  Question question = test::question_about(row.at("model"));
  question.quantization = &test::shipped().quantization(row.at("quantization"));
  question.available = Bytes(std::stoll(row.at("available_mib")) << 20);
  question.driver_share = Bytes(0);
  question.longest_context = row.at("asked_context") == "fit";
  Request& request = question.request;
  if (!question.longest_context) request.context = Tokens(std::stoll(row.at("asked_context")));
  request.parallel = std::stoll(row.at("parallel"));
  request.kv_unified = request.parallel > 1;
  request.swa_full = true;
  request.release = &release_called("llama.cpp@0.5");
  request.placing = Placing::kAutomatic;
  return question;
}

const char* word_of(LayerPart part) {
  constexpr std::array kWords = {"experts", "feed_forward", "gates_and_downs", "downs"};
  return kWords[static_cast<std::size_t>(part)];
}

/// "13 layers" or "49 layers; gates_and_downs of 4".
std::string text_of(const std::string& layers, const std::string& first, const std::string& part) {
  return layers + " layers" + (first.empty() ? "" : "; " + part + " of " + first);
}

std::string placed_by_lfmfit(const Question& question) {
  const Request placed = estimate(question).request;
  const std::string layers = std::to_string(placed.gpu_layers);
  if (placed.overflows.empty()) return text_of(layers, "", "");
  const Overflow& overflow = placed.overflows.front();
  return text_of(layers, std::to_string(overflow.first), word_of(overflow.part));
}

/// Behind the last layer llama.cpp's pattern names the output, which has no experts.
std::string placed_by_llama_cpp(const test::CsvRow& row, const Question& question) {
  const bool names_layer = row.at("first_partial") != std::to_string(question.model->blocks.size());
  return text_of(row.at("gpu_layers"), names_layer ? row.at("first_partial") : "", row.at("part"));
}

}  // namespace

TEST_CASE("What does not fit is placed as llama.cpp places it") {
  const std::vector<test::CsvRow> rows = test::csv_rows("tests/truth/placements.csv");
  REQUIRE(rows.size() > 100);
  int exact = 0;
  for (const test::CsvRow& row : rows) {
    const Question question = question_of(row);
    INFO(row.at("model") << " in " << row.at("available_mib") << " MiB, " << row.at("parallel") << " slots, -c "
                         << row.at("asked_context"));
    const std::string ours = placed_by_lfmfit(question), theirs = placed_by_llama_cpp(row, question);
    CHECK(ours == theirs);
    exact += ours == theirs ? 1 : 0;
  }
  INFO(exact << " of " << rows.size());
  CHECK(exact == static_cast<int>(rows.size()));
}
