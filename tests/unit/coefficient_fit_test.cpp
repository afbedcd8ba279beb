#include "core/speed/coefficient_fit.hpp"

#include <random>

#include "catch.hpp"
#include "core/speed/laws.hpp"

namespace lfmfit {

using namespace speed;

namespace {

FitPrior prior() {
  FitPrior prior;
  prior.value = {1.1, 1.5, 2, 1.2, 1};
  prior.relative_sd = {0.3, 0.3, 0.5, 0.4, 0.5};
  prior.lower_bound = {1, 1, 0.3, 1, 0};
  prior.noise = 0.06;
  return prior;
}

/// Times that `truth` explains exactly.
std::vector<MeasuredTime> times_of(const Coefficients& truth, int count) {
  std::mt19937 random(1);
  std::vector<MeasuredTime> times;
  for (int i = 0; i < count; ++i) {
    MeasuredTime time;
    for (double& amount : time.amounts) amount = 1e-3 * static_cast<double>(1 + random() % 100);
    time.seconds = seconds(truth, time.amounts);
    times.push_back(time);
  }
  return times;
}

}  // namespace

TEST_CASE("without measurements the prior stands") { CHECK(fit_coefficients({}, prior()) == prior().value); }

TEST_CASE("many exact measurements recover the coefficients") {
  const Coefficients truth{1.3, 1.2, 3, 1.6, 0.7};
  const Coefficients fitted = fit_coefficients(times_of(truth, 200), prior());
  for (std::size_t i = 0; i < kCoefficientCount; ++i) CHECK(fitted[i] == Approx(truth[i]).epsilon(0.02));
}

TEST_CASE("a single measurement moves the estimate, but not all of the way") {
  std::vector<MeasuredTime> one = times_of(prior().value, 1);
  const double before = one[0].seconds;
  one[0].seconds *= 1.5;
  const double after = seconds(fit_coefficients(one, prior()), one[0].amounts);
  CHECK(after > before * 1.02);
  CHECK(after < one[0].seconds);
}

TEST_CASE("one odd row among many hardly counts") {
  const Coefficients truth{1.3, 1.2, 3, 1.6, 0.7};
  std::vector<MeasuredTime> times = times_of(truth, 50);
  times[0].seconds *= 10;
  const Coefficients fitted = fit_coefficients(times, prior());
  for (std::size_t i = 1; i < times.size(); ++i)
    CHECK(seconds(fitted, times[i].amounts) == Approx(times[i].seconds).epsilon(0.06));
}

TEST_CASE("no coefficient falls below its bound, however fast the measurements") {
  const Coefficients fitted = fit_coefficients(times_of({0.1, 0.1, 0.1, 0.1, 0.1}, 50), prior());
  for (std::size_t i = 0; i < kCoefficientCount; ++i) CHECK(fitted[i] >= prior().lower_bound[i]);
}

}  // namespace lfmfit
