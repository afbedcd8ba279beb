#include "lfmfit/calibration.hpp"

#include "catch.hpp"
#include "core/speed/laws.hpp"
#include "lfmfit/error.hpp"
#include "support/speed_scene.hpp"

namespace lfmfit {

using test::SpeedScene;

namespace {

/// The scene with spreads, so that a fit has room.
struct CalibrationScene : SpeedScene {
  CalibrationScene() {
    for (int layer = 0; layer < 8; ++layer) test::add_attention_layer(model);
    for (SpeedLaw* law : {&constants.decode, &constants.prefill}) {
      law->noise = 0.05;
      law->relative_sd = {0.3, 0.3, 0.3, 0.3, 0.3};
      law->lower_bound = {1, 1, 0.1, 1, 0};
    }
  }

  /// Runs at several depths that a machine with the constants of decode times `factor` would show.
  std::vector<MeasuredRun> decode_runs(double factor) {
    std::vector<MeasuredRun> runs;
    for (const int depth : {0, 2000, 8000, 32000}) {
      request.depth = Tokens(depth);
      runs.push_back({SpeedLawKind::kDecode, workload(), 0, decode().value / factor});
    }
    return runs;
  }
};

}  // namespace

TEST_CASE("calibration brings the error down, for runs left out as well") {
  CalibrationScene scene;
  const Calibration calibration = calibrate(SpeedLawKind::kDecode, scene.decode_runs(1.4), scene.target());
  CHECK(calibration.error_before == Approx(0.4));
  CHECK(calibration.error_after < 0.05);
  CHECK(calibration.error_left_out < 0.15);
  CHECK(calibration.improves());
  CHECK(calibration.row.rows == 4);
  CHECK(calibration.row.hardware.at(0).device == "box");
}

TEST_CASE("the error of a calibration is the median of its runs'") {
  CalibrationScene scene;
  std::vector<MeasuredRun> runs;
  for (const double slower : {1.5, 1.1, 1.3, 1.2, 1.4})
    runs.push_back({SpeedLawKind::kDecode, scene.workload(), 0, scene.decode().value / slower});
  CHECK(calibrate(SpeedLawKind::kDecode, runs, scene.target()).error_before == Approx(0.3));
}

TEST_CASE("one run moves the constants but does not replace them") {
  CalibrationScene scene;
  std::vector<MeasuredRun> runs = scene.decode_runs(1.4);
  runs.resize(1);
  const Calibration calibration = calibrate(SpeedLawKind::kDecode, runs, scene.target());
  CHECK(calibration.error_after < calibration.error_before);
  CHECK(calibration.error_left_out == Approx(calibration.error_before).margin(0.001));
  CHECK_FALSE(calibration.improves());
}

TEST_CASE("runs that agree with what is known change nothing worth keeping") {
  CalibrationScene scene;
  const Calibration calibration = calibrate(SpeedLawKind::kDecode, scene.decode_runs(1), scene.target());
  CHECK(calibration.error_before == Approx(0).margin(1e-9));
  CHECK_FALSE(calibration.improves());
}

TEST_CASE("a second calibration starts from the device's kind, not from the first") {
  CalibrationScene scene;
  const Calibration first = calibrate(SpeedLawKind::kDecode, scene.decode_runs(1.4), scene.target());
  const std::vector<MeasuredRun> runs = scene.decode_runs(1.4);
  scene.constants.decode.rows.push_back(first.row);
  const Calibration second = calibrate(SpeedLawKind::kDecode, runs, scene.target());
  CHECK(second.row.parent == "decode");
  CHECK(second.row.coefficients == first.row.coefficients);
}

TEST_CASE("a calibrated row is used for its device alone, and answers name it") {
  CalibrationScene scene;
  const Calibration calibration = calibrate(SpeedLawKind::kDecode, scene.decode_runs(1.4), scene.target());
  scene.constants.decode.rows.push_back(calibration.row);
  CHECK(scene.decode().basis == "Fast on Box, calibrated: 4 measurements, 4 on this device");
  scene.device.id = "other";
  CHECK(scene.decode().basis.find("calibrated") == std::string::npos);
}

TEST_CASE("without a run of the law there is nothing to calibrate") {
  CalibrationScene scene;
  CHECK_THROWS_AS(calibrate(SpeedLawKind::kPrefill, scene.decode_runs(1), scene.target()), Error);
}

}  // namespace lfmfit
