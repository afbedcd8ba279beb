#include "core/speed/factor_fit.hpp"

#include <cmath>
#include <random>
#include <utility>

#include "catch.hpp"

namespace lfmfit {

using namespace speed;

namespace {

/// Times that are sums of two parts, each with a factor, as measurements give them where the factors are `truth`.
struct Sums {
  std::vector<std::pair<double, double>> parts;
  std::vector<double> measured;

  Sums(std::size_t count, double first, double second) {
    std::mt19937 random(1);
    const auto part = [&] { return 1 + static_cast<double>(random() % 100); };
    for (std::size_t i = 0; i < count; ++i) {
      parts.emplace_back(part(), part());
      measured.push_back(parts[i].first * first + parts[i].second * second);
    }
  }

  FitModel model() const {
    return [this](const std::vector<double>& logarithms, bool) {
      std::vector<FitRow> rows;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const double first = parts[i].first * std::exp(logarithms[0]),
                     second = parts[i].second * std::exp(logarithms[1]);
        FitRow row;
        row.error = std::log((first + second) / measured[i]);
        row.slopes = {{0, first / (first + second)}, {1, second / (first + second)}};
        rows.push_back(row);
      }
      return rows;
    };
  }
};

const std::vector<FitParameter> kTwo{{0.3, 0, 0}, {0.3, 0, 0}};

}  // namespace

TEST_CASE("without measurements nothing moves") {
  const auto none = [](const std::vector<double>&, bool) { return std::vector<FitRow>(); };
  CHECK(fit_factors(kTwo, none, 0.05) == std::vector<double>{0, 0});
}

TEST_CASE("many exact measurements recover the factors") {
  const Sums sums(200, 1.4, 0.8);
  const std::vector<double> fitted = fit_factors(kTwo, sums.model(), 0.05, 20);
  CHECK(std::exp(fitted[0]) == Approx(1.4).epsilon(0.02));
  CHECK(std::exp(fitted[1]) == Approx(0.8).epsilon(0.02));
}

TEST_CASE("a single measurement moves the estimate, but not all of the way") {
  Sums sums(1, 1, 1);
  sums.measured[0] *= 1.5;
  const double error = sums.model()(fit_factors(kTwo, sums.model(), 0.1, 20), true)[0].error;
  CHECK(error > -std::log(1.5) + 0.02);
  CHECK(error < 0);
}

TEST_CASE("one odd row among many hardly counts") {
  Sums sums(50, 1.2, 1.2);
  sums.measured[0] *= 10;
  const std::vector<double> fitted = fit_factors(kTwo, sums.model(), 0.05, 20);
  CHECK(std::exp(fitted[0]) == Approx(1.2).epsilon(0.05));
  CHECK(std::exp(fitted[1]) == Approx(1.2).epsilon(0.05));
}

TEST_CASE("a factor stays within its bounds") {
  const Sums sums(50, 2, 2);
  const std::vector<double> fitted = fit_factors({{0.3, -0.1, 0.1}, {0.3, 0, 0}}, sums.model(), 0.05, 20);
  CHECK(fitted[0] == Approx(0.1));
}

}  // namespace lfmfit
