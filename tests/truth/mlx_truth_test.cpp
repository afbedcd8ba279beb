#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "support/csv_rows.hpp"
#include "support/program.hpp"

namespace {

using Json = nlohmann::ordered_json;

/// A line of mlx.csv: a run on an M4 Max with a prompt of 2,048 tokens and an answer of 128.
Json mlx_request(const test::CsvRow& row) {
  return {{"runtime", "mlx"},
          {"model", row.at("model")},
          {"quantization", row.at("form")},
          {"device", "apple-mac-studio-m4-max-40c-64gb"},
          {"context", 2176},
          {"depth", 2048}};
}

}  // namespace

TEST_CASE("The peak of memory under MLX is that which mlx-lm tells") {
  const std::vector<test::CsvRow> rows = test::csv_rows("tests/truth/mlx.csv");
  REQUIRE(rows.size() == 11);
  std::string input;
  for (const test::CsvRow& row : rows) input += mlx_request(row).dump() + "\n";
  std::istringstream answers(test::lfmfit({"batch"}, input).out);
  for (const test::CsvRow& row : rows) {
    std::string line;
    REQUIRE(std::getline(answers, line));
    INFO(row.at("model") << " " << row.at("form") << ": " << line);
    const Json answer = Json::parse(line);
    REQUIRE(answer.contains("memory"));
    const Json& gpu = answer["memory"]["gpus"][0];
    const double peak = std::stod(row.at("peak_gb"));
    CHECK(gpu["total_bytes"].get<double>() / 1e9 == Approx(peak).epsilon(0.02));
    CHECK(gpu["total_low_bytes"].get<double>() / 1e9 <= peak);
    CHECK(gpu["total_high_bytes"].get<double>() / 1e9 >= peak);
    if (row.at("decode").empty()) continue;
    const Json& speed = answer["speed"];
    CHECK(speed["decode_low_tok_s"].get<double>() <= std::stod(row.at("decode")));
    CHECK(speed["decode_high_tok_s"].get<double>() >= std::stod(row.at("decode")));
    CHECK(speed["speed_measured"] == false);
  }
}
