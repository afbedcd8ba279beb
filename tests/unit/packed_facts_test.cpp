#include "catalog/packed_facts.hpp"

#include <algorithm>
#include <stdexcept>

#include "catalog/sources.hpp"
#include "catch.hpp"

namespace lfmfit {

namespace {

struct Part {
  SharedValue<std::string> name;
};

struct Whole {
  SharedValue<Part> part;
};

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, Part>& part) {
  pass(part.name);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, Whole>& whole) {
  pass(whole.part);
}

TEST_CASE("What facts share may hold what others share") {
  const Part part{std::string("one")};
  Packer packer;
  packer(std::vector<Whole>{{part}, {part}, {}, {Part{std::string("two")}}});
  std::vector<Whole> found;
  const std::string packed = packer.take();
  const Unpacker::TypeLookup no_types;
  Unpacker(packed, no_types)(found);
  REQUIRE(found.size() == 4);
  CHECK(*found[0].part->name == "one");
  CHECK(found[0].part->name.pointer() == found[1].part->name.pointer());
  CHECK_FALSE(found[2].part);
  CHECK(*found[3].part->name == "two");
}

// A catalogue with an overlay, be it of no rows, reads the rows themselves.
const Overlay kNoRows{"none.json", R"({"devices": [], "quantizations": []})"};

TEST_CASE("What the build packed are the facts of data/") {
  const Catalog rows(std::vector<Overlay>{kNoRows});
  CHECK(pack_devices(rows) == packed_facts().devices);
  CHECK(pack_device_names(rows) == packed_facts().device_names);
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

TEST_CASE("Cards beside which the same machine is usual share it") {
  const std::vector<Device> devices = unpack_devices(packed_facts().devices);
  const auto beside = [&](const std::string& id) {
    const auto found =
        std::find_if(devices.begin(), devices.end(), [&](const Device& device) { return device.id == id; });
    return found != devices.end() ? found->host.pointer() : nullptr;
  };
  REQUIRE(beside("rtx-4090"));
  REQUIRE(beside("h100-sxm"));
  CHECK(beside("rtx-4090") == beside("rtx-4080"));
  CHECK(beside("rtx-4090") != beside("h100-sxm"));
}

TEST_CASE("Names of devices mean the same packed and worked out") {
  const Catalog rows(std::vector<Overlay>{kNoRows}), packed;
  for (const char* name :
       {"3060", "AMD Radeon Graphics", "NVIDIA GeForce RTX 3080 Laptop GPU", "m3 max 40-core", "7900xtx"}) {
    CAPTURE(name);
    const std::vector<const Device*> meant = rows.devices_called(name), found = packed.devices_called(name);
    REQUIRE(meant.size() == found.size());
    for (std::size_t i = 0; i < meant.size(); ++i) CHECK(meant[i]->id == found[i]->id);
  }
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
