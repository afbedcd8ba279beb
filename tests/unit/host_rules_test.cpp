#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

Host with_processor(const std::string& vendor, int family, int model, const std::string& name) {
  Host host;
  host.processor.vendor = vendor;
  host.processor.family = family;
  host.processor.model = model;
  host.processor.name = name;
  return host;
}

double gigabytes(Bandwidth bandwidth) { return in_gb_per_second(bandwidth); }

TEST_CASE("a processor's RAM is as fast as is usual with it, and said to be assumed") {
  const Catalog catalog;
  const HostBandwidth found = catalog.host_bandwidth(with_processor("AuthenticAMD", 25, 97, "AMD Ryzen 9 7950X"));
  CHECK(gigabytes(found.value) == Approx(83.2));
  CHECK(gigabytes(found.low) == Approx(76.8));
  CHECK(gigabytes(found.high) == Approx(96.0));
  CHECK(found.assumed);
  CHECK(found.basis == "2 channels of DDR5-5200, usual with Ryzen 7000");
}

TEST_CASE("a name tells apart processors of one family and model") {
  const Catalog catalog;
  const auto of = [&](const char* name) {
    return gigabytes(catalog.host_bandwidth(with_processor("AuthenticAMD", 23, 49, name)).value);
  };
  CHECK(of("AMD Ryzen Threadripper 3970X 32-Core Processor") == Approx(102.4));
  CHECK(of("AMD Ryzen Threadripper PRO 3995WX 64-Cores") == Approx(204.8));
  CHECK(of("AMD EPYC 7742 64-Core Processor") == Approx(204.8));
  CHECK(catalog.host_bandwidth(with_processor("AuthenticAMD", 23, 49, "AMD EPYC 7302 16-Core")).read_share <
        catalog.host_bandwidth(with_processor("AuthenticAMD", 23, 49, "AMD EPYC 7742 64-Core")).read_share);
}

TEST_CASE("a processor that no row is about has a wide band") {
  const HostBandwidth found = Catalog().host_bandwidth(with_processor("CentaurHauls", 7, 59, ""));
  CHECK(found.low < found.value);
  CHECK(found.value < found.high);
  CHECK_THAT(found.basis, Contains("an unknown processor"));
}

TEST_CASE("modules that firmware tells of count, but no more of them than the platform has channels") {
  const Catalog catalog;
  Host host = with_processor("AuthenticAMD", 25, 97, "AMD Ryzen 9 7950X");
  host.modules = {1, 64, 6000, "DDR5"};
  CHECK(gigabytes(catalog.host_bandwidth(host).value) == Approx(48.0));
  host.modules = {4, 256, 3600, "DDR5"};
  const HostBandwidth four = catalog.host_bandwidth(host);
  CHECK(gigabytes(four.value) == Approx(57.6));
  CHECK_FALSE(four.assumed);
  CHECK(four.basis == "2 channels of DDR5-3600, as firmware says");
}

TEST_CASE("modules that are only counted have the usual rate") {
  Host host = with_processor("AuthenticAMD", 25, 17, "AMD EPYC 9654 96-Core Processor");
  host.modules = {8, 512, 0, "DDR5"};
  const HostBandwidth found = Catalog().host_bandwidth(host);
  CHECK(gigabytes(found.value) == Approx(307.2));
  CHECK(found.assumed);
  CHECK_THAT(found.basis, Contains("8 channels of DDR5-4800, modules counted"));
}

TEST_CASE("a second socket adds nothing to what a process reads") {
  Host host = with_processor("GenuineIntel", 6, 143, "Intel(R) Xeon(R) Platinum 8480+");
  host.processor.sockets = 2;
  host.modules = {16, 1024, 4800, "DDR5"};
  CHECK(gigabytes(Catalog().host_bandwidth(host).value) == Approx(307.2));
}

TEST_CASE("a virtual machine reads no more than its cores can draw") {
  Host host = with_processor("AuthenticAMD", 25, 17, "AMD EPYC");
  host.processor.cores = 2;
  CHECK(gigabytes(Catalog().host_bandwidth(host).value) == Approx(460.8));
  host.processor.is_virtual = true;
  const HostBandwidth found = Catalog().host_bandwidth(host);
  CHECK(gigabytes(found.value) == Approx(40.0));
  CHECK(gigabytes(found.low) == Approx(16.0));
  CHECK_THAT(found.basis, Contains("a virtual machine's 2 cores"));
}

TEST_CASE("beside a card lies what is usual of its time, and nothing lies beside a pool") {
  const Catalog catalog;
  const auto beside = [&](const char* id) { return gigabytes(catalog.device(id).host->bandwidth.value); };
  CHECK(beside("rtx-3060") == Approx(51.2));
  CHECK(beside("rtx-4090") == Approx(83.2));
  CHECK(beside("rtx-5090-laptop") == Approx(120.0));
  CHECK(beside("h100-pcie") == Approx(204.8));
  CHECK_FALSE(catalog.device("apple-macbook-pro-m2-max-64gb").host);
  CHECK(catalog.device("rtx-4090").host->total == Bytes(0));
}

TEST_CASE("a row about hosts that makes no sense is refused with file, row and key") {
  const auto refusal = [](const std::string& row) -> std::string {
    try {
      Catalog({{"my.json", R"({"host_memory":[{"id":"r","name":"n",)" + row + "}]}"}}).host_bandwidth({});
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  };
  CHECK_THAT(refusal(R"("channels":0,"memory":"DDR4","mega_transfers":1,"read_share":1,"source":"s")"),
             Contains("my.json") && Contains("channels"));
  CHECK_THAT(
      refusal(R"("channels":2,"memory":"DDR4","mega_transfers":9,"mega_transfers_low":10,"read_share":1,"source":"s")"),
      Contains("mega_transfers_low"));
  CHECK_THAT(refusal(R"("virtual":true,"core_gb_s":2,"core_gb_s_low":3,"core_gb_s_high":4,"source":"s")"),
             Contains("core_gb_s_low"));
  CHECK_THAT(refusal(R"("channels":2,"memory":"DDR4","mega_transfers":9,"read_share":1,"source":"s","more":1)"),
             Contains("more"));
}

}  // namespace
