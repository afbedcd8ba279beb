#include "lfmfit/calibration.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/speed_scene.hpp"

namespace lfmfit {

using test::SpeedScene;

namespace {

struct CalibrationScene : SpeedScene {
  CalibrationScene() {
    for (int layer = 0; layer < 8; ++layer) test::add_attention_layer(model);
  }

  /// Runs at several depths that a machine `factor` times as slow would show.
  std::vector<MeasuredRun> decode_runs(double factor) {
    std::vector<MeasuredRun> runs;
    for (const int depth : {0, 2000, 8000, 32000}) {
      request.depth = Tokens(depth);
      runs.push_back({SpeedQuestion::kDecode, workload(), 1, decode().value / factor});
    }
    return runs;
  }
};

}  // namespace

TEST_CASE("calibration brings the error down, for runs left out as well") {
  CalibrationScene scene;
  const Calibration calibration = calibrate(scene.decode_runs(1.2), scene.target());
  CHECK(calibration.error_before == Approx(0.2));
  CHECK(calibration.error_after < 0.05);
  CHECK(calibration.error_left_out < 0.15);
  CHECK(calibration.improves());
  CHECK(calibration.row.rows[static_cast<std::size_t>(SpeedQuestion::kDecode)] == 4);
  CHECK(calibration.row.hardware.at(0).device == "box");
}

TEST_CASE("the error of a calibration is the median of its runs'") {
  CalibrationScene scene;
  std::vector<MeasuredRun> runs;
  for (const double slower : {1.5, 1.1, 1.3, 1.2, 1.4})
    runs.push_back({SpeedQuestion::kDecode, scene.workload(), 1, scene.decode().value / slower});
  CHECK(calibrate(runs, scene.target()).error_before == Approx(0.3));
}

TEST_CASE("what no run depends on stays as it is known") {
  CalibrationScene scene;
  scene.constant(Coefficient::kExpertRead) = 3;
  const Calibration calibration = calibrate(scene.decode_runs(1.2), scene.target());
  const auto of = [&](Coefficient coefficient) {
    return calibration.row.coefficients[static_cast<std::size_t>(coefficient)];
  };
  CHECK(of(Coefficient::kExpertRead) == 3);
  CHECK(of(Coefficient::kAttentionPrompt) == scene.constant(Coefficient::kAttentionPrompt));
  CHECK(of(Coefficient::kDenseRead) > scene.constant(Coefficient::kDenseRead));
}

TEST_CASE("decode and prompts are fitted together") {
  CalibrationScene scene;
  std::vector<MeasuredRun> runs = scene.decode_runs(1.2);
  scene.request.depth = Tokens(0);
  for (int i = 0; i < 4; ++i)
    runs.push_back({SpeedQuestion::kPrefill, scene.workload(), 1, scene.prefill().value / 1.3});
  const Calibration calibration = calibrate(runs, scene.target());
  CHECK(calibration.error_after < 0.06);
  CHECK(calibration.row.rows[static_cast<std::size_t>(SpeedQuestion::kPrefill)] == 4);
}

TEST_CASE("thousands of runs in turns are left out in parts that hold some of each kind") {
  CalibrationScene scene;
  std::vector<MeasuredRun> runs;
  for (int i = 0; i < 3000; ++i) {
    scene.request.depth = Tokens(i % 7 * 1000);
    runs.push_back({SpeedQuestion::kDecode, scene.workload(), 1, scene.decode().value / 1.2});
    runs.push_back({SpeedQuestion::kPrefill, scene.workload(), 1, scene.prefill().value / 1.4});
  }
  const Calibration calibration = calibrate(runs, scene.target());
  CHECK(calibration.error_left_out < 0.05);
  CHECK(calibration.improves());
}

TEST_CASE("a single run says nothing that holds beyond it") {
  CalibrationScene scene;
  std::vector<MeasuredRun> runs = scene.decode_runs(1.2);
  runs.resize(1);
  const Calibration calibration = calibrate(runs, scene.target());
  CHECK(calibration.error_after < calibration.error_before);
  CHECK(calibration.error_left_out == Approx(calibration.error_before).margin(0.001));
  CHECK_FALSE(calibration.improves());
}

TEST_CASE("runs that agree with what is known change nothing worth keeping") {
  CalibrationScene scene;
  const Calibration calibration = calibrate(scene.decode_runs(1), scene.target());
  CHECK(calibration.error_before == Approx(0).margin(1e-9));
  CHECK_FALSE(calibration.improves());
}

TEST_CASE("a second calibration starts from the device's kind, not from the first") {
  CalibrationScene scene;
  const std::vector<MeasuredRun> runs = scene.decode_runs(1.2);
  const Calibration first = calibrate(runs, scene.target());
  scene.constants.rows.push_back(first.row);
  const Calibration second = calibrate(runs, scene.target());
  CHECK(second.row.parent == "fast");
  CHECK(second.row.coefficients == first.row.coefficients);
}

TEST_CASE("calibrating decode keeps what an earlier calibration found of prompts, and only that") {
  CalibrationScene scene;
  std::vector<MeasuredRun> prompts;
  for (const int length : {128, 256, 512, 1024, 2048, 4096}) {
    scene.request.prompt = length;
    prompts.push_back({SpeedQuestion::kPrefill, scene.workload(), 1, scene.prefill().value / 1.5});
  }
  scene.request.prompt = 512;
  const std::vector<MeasuredRun> decode = scene.decode_runs(1.2);
  scene.request.depth = Tokens(0);
  const double known = scene.prefill().value.value();
  const Calibration of_prompts = calibrate(prompts, scene.target());
  scene.constants.rows.push_back(of_prompts.row);
  const double calibrated = scene.prefill().value.value();
  REQUIRE(calibrated < 0.8 * known);

  const Calibration of_decode = calibrate(decode, scene.target());
  CHECK(of_decode.row.rows[static_cast<std::size_t>(SpeedQuestion::kPrefill)] == 6);
  CHECK(of_decode.row.rows[static_cast<std::size_t>(SpeedQuestion::kDecode)] == 4);
  scene.constants.rows.back() = of_decode.row;
  CHECK(scene.prefill().value.value() == Approx(calibrated).epsilon(0.1));
  CHECK(of_decode.error_after < 0.05);

  const Calibration again = calibrate(prompts, scene.target());  // now decode is what is kept
  CHECK(again.row.rows[static_cast<std::size_t>(SpeedQuestion::kDecode)] == 4);
  CHECK(again.error_after < 0.1);
}

TEST_CASE("a calibrated row is used for its device alone, and answers name it") {
  CalibrationScene scene;
  const Calibration calibration = calibrate(scene.decode_runs(1.2), scene.target());
  scene.constants.rows.push_back(calibration.row);
  CHECK(scene.decode().basis == "Fast on Box, calibrated: 4 measurements, 4 on this device");
  scene.device.id = "other";
  CHECK(scene.decode().basis.find("calibrated") == std::string::npos);
}

TEST_CASE("without a run there is nothing to calibrate") {
  CalibrationScene scene;
  CHECK_THROWS_AS(calibrate({}, scene.target()), Error);
}

}  // namespace lfmfit
