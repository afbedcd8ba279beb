#include "catalog/spoken_device.hpp"

#include "catch.hpp"

using namespace lfmfit;
using Words = std::vector<std::string>;

TEST_CASE("what a text says of a device does not hang on makers' words, case, order and blanks") {
  for (const char* text : {"RTX 4090", "rtx4090", "RTX-4090", "4090 RTX", "NVIDIA(R) RTX(TM) 4090 Graphics"}) {
    CAPTURE(text);
    CHECK(spoken_device(text).words == Words{"4090"});
  }
  CHECK(spoken_device("7900xtx").words == Words{"7900", "xtx"});
  CHECK(spoken_device("NVIDIA GeForce RTX 4090").printed);
  CHECK_FALSE(spoken_device("rtx 4090").printed);
}

TEST_CASE("sizes and cores are heard, and are no words") {
  const SpokenDevice said = spoken_device("MacBook Pro M3 Max 40-core 64GB");
  CHECK(said.words == Words{"3", "m", "macbookpro", "max"});
  CHECK(said.cores == 40);
  CHECK(said.memory_gib == std::vector<double>{64});
  CHECK(spoken_device("m1 16g").memory_gib == std::vector<double>{16});
  CHECK(spoken_device("a10g").memory_gib.empty());
  CHECK(spoken_device("ryzen 7 8700g").memory_gib.empty());
  CHECK(spoken_device("A10 24576MiB").memory_gib == std::vector<double>{24});
}

TEST_CASE("of what lspci prints the product counts, and the chip is an aside") {
  const SpokenDevice said =
      spoken_device("01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4090] (rev a1)");
  CHECK(said.words == Words{"4090"});
  CHECK(said.asides == Words{"102", "ad"});
  CHECK(said.brands == Words{"geforce", "nvidia", "rtx"});
}

TEST_CASE("names that a text joins are told apart") {
  CHECK(joined_names("Radeon RX 6700/6700 XT") ==
        std::vector<std::string>{"radeon rx 6700", "radeon rx 6700 xt", "6700 xt"});
  CHECK(joined_names("Tesla T4") == std::vector<std::string>{"tesla t4"});
  CHECK(joined_names("///").empty());
}

TEST_CASE("hostile text says something or nothing, and no more") {
  for (const std::string& text : {std::string(), std::string(300, '['), std::string(300, '('), std::string("]["),
                                  std::string(300, '9') + "gb", std::string("\xff\xfe\x00x", 4), std::string("(r")}) {
    CHECK_NOTHROW(spoken_device(text));
    CHECK_NOTHROW(joined_names(text));
  }
}
