#include "catalog/quantization_rows.hpp"

#include <map>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/quantization_data.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

/// Reads a file whose only row has `rules`; `shared` stands beside the rows.
std::vector<Quantization> quantizations_of(const std::string& rules,
                                           const std::string& shared = R"("forms": [], "rule_sets": [])",
                                           const std::string& more = "") {
  return read_quantizations(
      "rows.json",
      R"({"source": "test", "kept_type": "f32", "source_type": "f16", "last_resort": "f16", "kept": [], )" + shared +
          R"(, "quantizations": [{"name": "Q9", "default_type": "q4_k", "rules": [)" + rules + "]" + more + "}]}",
      test::find_tensor_type);
}

TEST_CASE("A rule is read with all its conditions") {
  const auto rows = quantizations_of(
      R"({"role": "ffn_down", "layers": "more_bits", "importance_matrix": false, "min_gqa": 4, "min_experts": 2,
          "experts": 8, "form": "big", "three_dimensional": true, "broken_rows": true, "type": "q6_k"})",
      R"("forms": [{"name": "big", "any_of": [
           {"layer_count": 80, "min_gqa": 2, "with_tensor": "a", "without_tensor": "b"}]}],
         "rule_sets": [])");
  REQUIRE(rows.front().rules.size() == 1);
  const QuantizationRule& rule = rows.front().rules.front();
  CHECK(rule.role == TensorRole::kFfnDown);
  CHECK(rule.layers == LayerRange::kMoreBits);
  CHECK(rule.importance_matrix == false);
  CHECK(rule.min_gqa == 4);
  CHECK(rule.min_experts == 2);
  CHECK(rule.experts == 8);
  REQUIRE(rule.forms.size() == 1);
  CHECK(rule.forms[0].layer_count == 80);
  CHECK(rule.forms[0].min_gqa == 2);
  CHECK(rule.forms[0].with_tensor == "a");
  CHECK(rule.forms[0].without_tensor == "b");
  CHECK(rule.three_dimensional);
  CHECK(rule.broken_rows);
  CHECK(rule.type == &test::tensor_type("q6_k"));
}

TEST_CASE("A rule set stands where it is used") {
  const auto rows = quantizations_of(
      R"({"type": "q8_0"}, {"use": "pair"}, {"type": "q5_k"})",
      R"("forms": [], "rule_sets": [{"name": "pair", "rules": [{"type": "q2_k"}, {"type": "q3_k"}]}])");
  std::vector<std::string> types;
  for (const QuantizationRule& rule : rows.front().rules) types.push_back(rule.type->name);
  CHECK(types == std::vector<std::string>{"q8_0", "q2_k", "q3_k", "q5_k"});
}

TEST_CASE("A wrong recipe is named with file, row and key") {
  CHECK_THROWS_WITH(
      quantizations_of(R"({"role": "attn_v", "type": "q6_k"})"),
      Contains("rows.json") && Contains("Q9.rules[0]") && Contains("\"role\"") && Contains("attention_v"));
  CHECK_THROWS_WITH(quantizations_of(R"({"role": "output", "type": "q7_k"})"),
                    Contains("\"type\"") && Contains("q7_k"));
  CHECK_THROWS_WITH(quantizations_of(R"({"role": "output", "typ": "q6_k", "type": "q6_k"})"),
                    Contains("\"typ\"") && Contains("unknown"));
  CHECK_THROWS_WITH(quantizations_of(R"({"role": "output", "layers": "first_two", "type": "q6_k"})"),
                    Contains("\"layers\""));
  CHECK_THROWS_WITH(quantizations_of(R"({"use": "nothing"})"), Contains("\"use\"") && Contains("nothing"));
  CHECK_THROWS_WITH(quantizations_of(R"({"role": "output", "form": "big", "type": "q6_k"})"),
                    Contains("\"form\"") && Contains("big"));
  CHECK_THROWS_WITH(quantizations_of("", R"("forms": [], "rule_sets": [])", R"(, "quality_percent": 101)"),
                    Contains("quality_percent"));
}

TEST_CASE("Only rule sets that stand above a row can be used in it") {
  CHECK_THROWS_AS(quantizations_of("", R"("forms": [], "rule_sets": [{"name": "a", "rules": [{"use": "a"}]}])"), Error);
}

TEST_CASE("Rule sets that use each other over and over are refused") {
  std::string sets = R"({"name": "s0", "rules": [{"type": "q8_0"}]})";
  for (int i = 1; i < 64; ++i) {
    const std::string below = R"({"use": "s)" + std::to_string(i - 1) + R"("})";
    sets += R"(,{"name": "s)" + std::to_string(i) + R"(", "rules": [)" + below + "," + below + "]}";
  }
  CHECK_THROWS_WITH(quantizations_of("", R"("forms": [], "rule_sets": [)" + sets + "]"), Contains("1000"));
}

TEST_CASE("The file types that reports show by default are nine, one of them recommended") {
  std::vector<std::string> listed;
  std::vector<std::string> recommended;
  for (const Quantization& row : test::quantizations()) {
    if (row.listed) listed.push_back(row.name);
    if (row.recommended) recommended.push_back(row.name);
    CHECK((row.quality_percent > 0) == !row.quality.empty());
  }
  CHECK(listed ==
        std::vector<std::string>{"F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q4_K_S", "Q4_0", "Q3_K_M", "Q2_K"});
  CHECK(recommended == std::vector<std::string>{"Q4_K_M"});
}

TEST_CASE("The nominal bits are those that calculator sites use") {
  const std::map<std::string, double> expected{{"Q2_K", 3.4},   {"Q3_K_S", 3.5}, {"Q3_K_M", 3.9}, {"Q4_0", 4.0},
                                               {"Q4_K_S", 4.5}, {"Q4_K_M", 4.8}, {"Q5_K_S", 5.5}, {"Q5_K_M", 5.7},
                                               {"Q6_K", 6.6},   {"Q8_0", 8.0}};
  std::map<std::string, double> found;
  for (const Quantization& row : test::quantizations()) {
    if (row.nominal_bits > 0) found[row.name] = row.nominal_bits;
  }
  CHECK(found == expected);
}

}  // namespace
