#include "lfmfit/improvements.hpp"

#include <algorithm>

#include "catch.hpp"
#include "support/scene.hpp"

namespace {

using namespace lfmfit;
using test::shipped;

/// A model on a card, with constants of decode that a test sets: all that is read takes its bytes by the bandwidth,
/// each kernel some microseconds, and computing nothing.
struct Scene {
  Scene() : question(test::question_about("LiquidAI/LFM2-1.2B-RAG", "rtx-4090")), constants(shipped().speed()) {
    constants.measured_devices.clear();  // the card is as its kind
    question.speed_constants = &constants;
  }
  Scene(const Scene&) = delete;
  Scene& operator=(const Scene&) = delete;

  void set_launches(double microseconds) {
    for (SpeedRow& row : constants.rows) {
      row.coefficients.fill(0);
      for (const Coefficient read : {Coefficient::kDenseRead, Coefficient::kFloatRead, Coefficient::kCacheRead})
        row.coefficients[static_cast<std::size_t>(read)] = 1;
      row.coefficients[static_cast<std::size_t>(Coefficient::kLaunchUs)] = microseconds;
    }
  }
  double seconds_of_token() const { return 1 / estimate(question).speed->decode.value.value(); }
  /// Sets the launches so that `gain` comes of half the time for reading.
  void let_bandwidth_gain(double gain) {
    set_launches(0);
    const double reading = seconds_of_token();
    set_launches(1);
    const double kernels = seconds_of_token() - reading;
    set_launches(reading / 2 * (1 / gain - 1) / kernels);
  }
  std::vector<Improvement> improvements() const {
    Estimate answer = estimate(question);
    add_improvements(question, {}, answer);
    return answer.speed->decode.improvements;
  }

  Question question;
  SpeedConstants constants;
};

bool names(const std::vector<Improvement>& improvements, const Change& change) {
  return std::any_of(improvements.begin(), improvements.end(),
                     [&](const Improvement& improvement) { return improvement.change == change; });
}

TEST_CASE("A change that gains two percent is told, one that gains less is not") {
  Scene scene;
  scene.let_bandwidth_gain(0.021);
  const std::vector<Improvement> told = scene.improvements();
  REQUIRE(told.size() == 1);
  CHECK(told[0].change.kind == Change::Kind::kMemoryBandwidth);
  CHECK(told[0].gain == Approx(0.021).margin(1e-6));
  CHECK(is_hardware(told[0].change.kind));
  scene.let_bandwidth_gain(0.019);
  CHECK(scene.improvements().empty());
}

TEST_CASE("The greatest gain comes first, and settings that are the best already are not told") {
  Scene scene;
  scene.question.request.gpu_layers = 8;
  const std::vector<Improvement> told = scene.improvements();
  REQUIRE(told.size() >= 2);
  CHECK(std::is_sorted(told.begin(), told.end(),
                       [](const Improvement& a, const Improvement& b) { return a.gain > b.gain; }));
  CHECK(names(told, {Change::Kind::kLayersOnGpu, Change::kAll}));
  scene.question.request.gpu_layers = -1;
  CHECK_FALSE(names(scene.improvements(), {Change::Kind::kLayersOnGpu, Change::kAll}));
}

}  // namespace
