#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "ask/quantization_words.hpp"
#include "catch.hpp"
#include "lfmfit/estimate.hpp"
#include "support/csv_rows.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;

/// A line of publisher_sizes.csv: what a published file takes, as listings show it, in GiB of one digit behind the
/// point.
struct Published {
  double gib = 0, uncertainty = 0;
  Estimate estimate;
  bool is_mix = false;

  double error() const { return std::max(0.0, std::abs(in_gib(estimate.file_bytes) / gib - 1) - uncertainty / gib); }
  bool is_inside() const {
    return gib + uncertainty >= in_gib(estimate.file_low) && gib - uncertainty <= in_gib(estimate.file_high);
  }
};

Published published(const test::CsvRow& row) {
  const std::string words = row.at("publisher") + ":" + row.at("name");
  Question question = test::question_about(row.at("model"));
  const Quantization quantization = ask::mixed_quantization(test::shipped(), words, *question.model);
  question.quantization = &quantization;
  question.speed_constants = nullptr;
  return {std::stod(row.at("gib")), std::stod(row.at("uncertainty_gib")), estimate(question), quantization.low < 1};
}

double share_at(std::vector<double> errors, double share) {
  std::sort(errors.begin(), errors.end());
  return errors[static_cast<std::size_t>(share * static_cast<double>(errors.size()))];
}

TEST_CASE("Published files have the sizes that are told, and those of mixes lie in the band") {
  std::vector<double> of_mixes, of_plain;
  std::size_t inside = 0;
  for (const test::CsvRow& row : test::csv_rows("tests/truth/publisher_sizes.csv")) {
    const Published file = published(row);
    (file.is_mix ? of_mixes : of_plain).push_back(file.error());
    if (file.is_mix && file.is_inside()) ++inside;
  }
  REQUIRE(of_mixes.size() > 100);
  REQUIRE(of_plain.size() > 60);
  CHECK(share_at(of_mixes, 0.5) <= 0.01);
  CHECK(share_at(of_mixes, 0.9) <= 0.05);
  CHECK(static_cast<double>(inside) / static_cast<double>(of_mixes.size()) > 0.9);
  CHECK(share_at(of_plain, 0.5) <= 0.001);
  CHECK(share_at(of_plain, 0.9) <= 0.01);
}

}  // namespace
