#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "support/machine.hpp"

namespace {

using Catch::Matchers::Contains;
using test::lfmfit_on;
using test::ProgramRun;
using test::RecordedMachine;
using test::StubDriver;

TEST_CASE("detect tells GPUs, processor, RAM and what local means") {
  const StubDriver driver("one");
  const RecordedMachine machine;
  machine.write("/proc/4712/comm", "python3\n");
  const ProgramRun outcome = lfmfit_on(machine.sources(StubDriver::path()), {"detect"});
  CHECK(outcome.code == 0);
  CHECK_THAT(outcome.out, Contains("NVIDIA GeForce RTX 4090: rtx-4090 in the catalogue"));
  CHECK_THAT(outcome.out, Contains("25.76 GB (24,564 MiB), 0.47 GB kept by the driver, 24.24 GB free"));
  CHECK_THAT(outcome.out, Contains("python3 (4712) 0.84 GB"));
  CHECK_THAT(outcome.out, Contains("AMD Ryzen 9 7950X 16-Core Processor, 16 cores, 32 threads"));
  CHECK_THAT(outcome.out, Contains("68.72 GB, 51.54 GB free"));
  CHECK_THAT(outcome.out, Contains("83.2 GB/s (76.8 to 96), assumed"));
  CHECK_THAT(outcome.out, Contains("GeForce RTX 4090 on cuda, 24.24 GB usable"));
}

TEST_CASE("detect as JSON says the same in bytes") {
  const StubDriver driver("two");
  const ProgramRun outcome = lfmfit_on(RecordedMachine().sources(StubDriver::path()), {"detect", "--json"});
  const nlohmann::json json = nlohmann::json::parse(outcome.out);
  CHECK(json.at("schema") == "lfmfit.detect/1");
  REQUIRE(json.at("gpus").size() == 2);
  CHECK(json["gpus"][1].at("devices") == nlohmann::json{"rtx-3060-12gb"});
  CHECK(json["gpus"][1].at("total_bytes") == 12288LL << 20);
  CHECK(json["gpus"][0].at("holders").size() == 2);
  CHECK(json.at("host").at("processor").at("cores") == 16);
  CHECK(json["host"].at("bandwidth").at("value_gb_s") == Approx(83.2));
  CHECK(json.at("local").at("usable_bytes") == nlohmann::json{23114LL << 20, 10838LL << 20});
  CHECK(json["local"].at("gpu_count") == 2);
  CHECK(json.at("notes").empty());
}

TEST_CASE("every command takes local, and its answer says how to ask again") {
  const StubDriver driver("one");
  const RecordedMachine machine;
  const auto sources = machine.sources(StubDriver::path());
  CHECK(lfmfit_on(sources, {"check", "lfm2-1.2b", "--on", "local"}).code == 0);
  CHECK_THAT(lfmfit_on(sources, {"explain", "lfm2-1.2b", "--on", "local"}).out, Contains("RTX 4090"));
  const ProgramRun batch = lfmfit_on(sources, {"batch"}, R"({"model":"LiquidAI/LFM2-1.2B","device":"local"})");
  const nlohmann::json answer = nlohmann::json::parse(batch.out);
  CHECK(answer.at("request").at("device") == "local");
  CHECK(answer.at("fit").at("usable_bytes") == 23114LL << 20);
  const ProgramRun total =
      lfmfit_on(sources, {"batch", "--total"}, R"({"model":"LiquidAI/LFM2-1.2B","device":"local"})");
  CHECK(nlohmann::json::parse(total.out).at("request").at("device") == "local, total");
  CHECK(nlohmann::json::parse(total.out).at("fit").at("usable_bytes") == 24114LL << 20);
  CHECK_THAT(lfmfit_on(sources, {"lfm2-1.2b", "--on", "local", "--total"}).out, Contains("RTX 4090"));
}

TEST_CASE("a report says one line about this machine where there is a GPU, and only then") {
  const auto line_of = [](const char* scene) {
    const StubDriver driver(scene);
    const ProgramRun outcome = lfmfit_on(RecordedMachine().sources(StubDriver::path()), {"lfm2-1.2b"});
    const std::size_t at = outcome.out.find("This machine");
    return at == std::string::npos ? std::string() : outcome.out.substr(at);
  };
  CHECK_THAT(line_of("one"),
             Contains("GeForce RTX 4090, 24.24 GB usable now: runs great") && Contains("tok/s (--on local)"));
  CHECK_THAT(line_of("one"), Contains("\nGeForce RTX 3060"));  // it goes before the others
  CHECK_THAT(line_of("permission"), Contains("lfmfit detect says why"));
  CHECK(line_of("none").empty());
  const ProgramRun without = lfmfit_on(RecordedMachine().sources(""), {"lfm2-1.2b"});
  CHECK_THAT(without.out, !Contains("This machine"));
  const StubDriver driver("one");
  CHECK_THAT(lfmfit_on(RecordedMachine().sources(StubDriver::path()), {"lfm2-1.2b", "--json"}).out,
             !Contains("This machine"));
}

}  // namespace
