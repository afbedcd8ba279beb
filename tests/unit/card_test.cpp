#include "core/speed/card.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/speed_scene.hpp"

namespace lfmfit {

using namespace speed;

using test::SpeedScene;

namespace {

struct ProcessorScene : SpeedScene {
  ProcessorScene() {
    device.device_class = DeviceClass::kCpu;
    backend.name = "cpu";
    backend.is_cpu = true;
    device.cpu = {8, 2, "simple", "desk", Bandwidth(0)};
  }
};

}  // namespace

TEST_CASE("a card has the rates of its data sheet, issued once, and as many units as those make or its row tells") {
  SpeedScene scene;
  scene.constants.rows[0].kernels.issued = 0.5;
  scene.constants.rows[0].kernels.unit_gflops = 100;
  CHECK(card_of(scene.target(), scene.device).compute == Approx(0.5e12));
  CHECK(card_of(scene.target(), scene.device).units == Approx(5));
  scene.device.multiprocessors = 40;
  CHECK(card_of(scene.target(), scene.device).units == 40);
}

TEST_CASE("a CPU draws its platform's share of the memory, or what was measured") {
  ProcessorScene scene;
  CHECK(processor_of(scene.target()).draw == Approx(50e9));
  CHECK(processor_of(scene.target()).cycles == Approx(16e9));
  scene.device.cpu.draw = gb_per_second(33);
  CHECK(processor_of(scene.target()).draw == Approx(33e9));
  scene.constants.cpu.platforms[0].core_gb_s = 4;
  CHECK(processor_of(scene.target()).draw == Approx(32e9));
}

TEST_CASE("threads and the memory's bandwidth are those that are stated") {
  ProcessorScene scene;
  SpeedTarget target = scene.target();
  target.host = {gb_per_second(200), 4};
  CHECK(processor_of(target).draw == Approx(100e9));
  CHECK(processor_of(target).cycles == Approx(8e9));
  target.host.threads = 100;  // more than there are cores
  CHECK(processor_of(target).cycles == Approx(16e9));
}

TEST_CASE("a CPU of which nothing is known is a usual one") {
  ProcessorScene scene;
  scene.device.cpu = {};
  CHECK(processor_of(scene.target()).cycles == Approx(1e9));
}

TEST_CASE("the host beside a card is what is assumed of such cards") {
  SpeedScene scene;
  HostLink old = scene.constants.assumptions.hosts[0];
  old.until_year = 2020;
  old.memory = gb_per_second(3);
  scene.constants.assumptions.hosts.insert(scene.constants.assumptions.hosts.begin(), old);
  scene.device.year = 2024;
  CHECK(host_of(scene.target()).memory == gb_per_second(10));
  scene.device.year = 2019;
  CHECK(host_of(scene.target()).memory == gb_per_second(3));
  scene.constants.assumptions.hosts[0].segments = {"laptop"};
  CHECK(host_of(scene.target()).memory == gb_per_second(10));
  scene.constants.assumptions.hosts.clear();
  CHECK_THROWS_AS(host_of(scene.target()), Error);
}

}  // namespace lfmfit
