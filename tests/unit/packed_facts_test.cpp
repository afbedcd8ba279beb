#include "catalog/packed_facts.hpp"

#include <algorithm>
#include <stdexcept>

#include "catalog/sources.hpp"
#include "catch.hpp"

namespace lfmfit {

namespace {

// A catalogue with an overlay, be it of no rows, reads the rows themselves.
const Overlay kNoRows{"none.json", R"({"devices": [], "quantizations": []})"};

TEST_CASE("What the build packed are the facts of data/") {
  const Catalog rows(std::vector<Overlay>{kNoRows});
  CHECK(pack_devices(rows) == packed_facts().devices);
  CHECK(pack_quantizations(rows) == packed_facts().quantizations);
  CHECK(pack_speed(rows) == packed_facts().speed);
}

TEST_CASE("Facts come out of their pack as they went in") {
  const Catalog facts;
  REQUIRE(facts.devices().size() > 600);
  CHECK(pack_devices(facts) == packed_facts().devices);
  CHECK(pack_quantizations(facts) == packed_facts().quantizations);
  CHECK(pack_speed(facts) == packed_facts().speed);
  CHECK(facts.devices().front().id == Catalog(std::vector<Overlay>{kNoRows}).devices().front().id);
}

TEST_CASE("Rows of an overlay count where facts are packed") {
  const Catalog facts(
      std::vector<Overlay>{{"mine.json", R"({"memory_rules": [], "devices": [{"id": "rtx-4090", "name": "Mine",
    "vendor": "NVIDIA", "class": "gpu", "segment": "consumer", "generation": "Ada", "backend": "cuda",
    "memory_gib": 3, "source": "mine", "confidence": "low"}]})"}});
  const auto mine = std::find_if(facts.devices().begin(), facts.devices().end(),
                                 [](const Device& device) { return device.id == "rtx-4090"; });
  REQUIRE(mine != facts.devices().end());
  CHECK(mine->name == "Mine");
}

TEST_CASE("Rows stand where the build found them") {
  for (const std::string& kind : Sources::tables()) {
    CAPTURE(kind);
    Sources sources({});
    const std::vector<RowText>& rows = sources.table(kind).rows();
    REQUIRE_FALSE(rows.empty());
    CHECK(rows.size() == unpack_rows(kind).size());
    for (const RowText& row : rows) {
      CHECK(row.text.front() == '{');
      CHECK(row.text.back() == '}');
      CHECK(row.text.find('"' + row.id + '"') != std::string_view::npos);
    }
  }
}

TEST_CASE("A pack that ends too early is refused") {
  const std::string_view whole = packed_facts().devices;
  CHECK_THROWS_AS(unpack_devices(whole.substr(0, whole.size() - 1)), std::logic_error);
}

}  // namespace

}  // namespace lfmfit
