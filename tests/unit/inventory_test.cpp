#include "lfmfit/inventory.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/source_folder.hpp"

using namespace lfmfit;
using namespace lfmfit::literals;
using Catch::Matchers::Contains;

namespace {

InventoryText fixture(const std::string& name) {
  std::ifstream file(test::source_folder() + "/tests/fixtures/fleet/" + name, std::ios::binary);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return {name, text.str()};
}

Inventory inventory_of(const std::string& text) { return read_inventory({{"file", text}}); }

const InventoryRow& row_of(const Inventory& inventory, const std::string& node, const std::string& profile = "") {
  const auto found = std::find_if(inventory.rows.begin(), inventory.rows.end(),
                                  [&](const InventoryRow& row) { return row.node == node && row.profile == profile; });
  CAPTURE(node, profile);
  REQUIRE(found != inventory.rows.end());
  return *found;
}

std::string node_with(const std::string& resource, const std::string& count) {
  return R"({"kind": "Node", "metadata": {"name": "n"}, "status": {"allocatable": {")" + resource + "\": \"" + count +
         "\"}}}";
}

}  // namespace

TEST_CASE("nodes of Kubernetes tell product, memory, slots and what asks for them") {
  const Inventory inventory = read_inventory({fixture("nodes.json")});
  const InventoryRow& whole = row_of(inventory, "h100-1");
  CHECK(whole.product == "NVIDIA-H100-80GB-HBM3");
  CHECK(whole.memory == 81559_MiB);
  CHECK(whole.slots == 8);
  CHECK(whole.free == 8);
  CHECK(whole.resource == "nvidia.com/gpu");
  CHECK(whole.label == "nvidia.com/gpu.product");
  CHECK(whole.unusable.empty());
  CHECK(row_of(inventory, "mi300").memory == 192_GiB);
  CHECK(row_of(inventory, "mi300").resource == "amd.com/gpu");
  CHECK(row_of(inventory, "gke").product == "nvidia-l4");
  CHECK_FALSE(row_of(inventory, "gke").memory);
}

TEST_CASE("a slot is no GPU: parts have their own memory, and time slices none that is known") {
  const Inventory inventory = read_inventory({fixture("nodes.json")});
  CHECK(row_of(inventory, "a100-mig", "3g.40gb").memory == 40192_MiB);
  CHECK(row_of(inventory, "a100-mig", "3g.40gb").resource == "nvidia.com/mig-3g.40gb");
  CHECK(row_of(inventory, "a100-mig", "1g.10gb").slots == 7);
  CHECK(row_of(inventory, "a100-mig", "1g.10gb").share == Approx(0.125));
  CHECK(row_of(inventory, "a100-single", "1g.5gb").product == "NVIDIA-A100-SXM4-40GB");
  const InventoryRow& half = row_of(inventory, "l40s-mps", "MPS 1/2");
  CHECK(half.memory == 23034_MiB);
  CHECK(half.slots == 4);
  CHECK(half.resource == "nvidia.com/gpu.shared");
  CHECK_THAT(row_of(inventory, "l40s-sliced", "time-sliced 1/4").unusable, Contains("memory"));
}

TEST_CASE("nodes that nothing is started on, and those without a GPU, are named with the reason") {
  const Inventory inventory = read_inventory({fixture("nodes.json")});
  CHECK(row_of(inventory, "cordoned").unusable == "cordoned");
  CHECK(row_of(inventory, "away").unusable == "not ready");
  REQUIRE(inventory.left_out.size() == 2);
  CHECK_THAT(inventory.left_out[0], Contains("a100-empty") && Contains("MIG"));
  CHECK_THAT(inventory.left_out[1], Contains("plain"));
}

TEST_CASE("pods take what they ask for, whichever file comes first, and finished ones nothing") {
  for (const auto& files : {std::vector{fixture("nodes.json"), fixture("pods.json")},
                            std::vector{fixture("pods.json"), fixture("nodes.json")}}) {
    const Inventory inventory = read_inventory(files);
    CHECK(row_of(inventory, "h100-1").free == 4);
    CHECK(row_of(inventory, "h100-2").free == 7);
    CHECK(row_of(inventory, "a100-mig", "1g.10gb").free == 5);
    CHECK(row_of(inventory, "a100-mig", "3g.40gb").free == 2);
  }
}

TEST_CASE("resource slices count by their newest generation, and alternatives once") {
  const Inventory inventory = read_inventory({fixture("slices.json")});
  CHECK(row_of(inventory, "h100-1").slots == 2);
  CHECK(row_of(inventory, "h100-1").memory == 81559_MiB);
  CHECK(row_of(inventory, "h100-1").resource == "gpu.nvidia.com");
  CHECK(row_of(inventory, "a100-1").unusable.empty());
  CHECK_FALSE(row_of(inventory, "a100-1", "3g.40gb").unusable.empty());
  CHECK(row_of(inventory, "a100-2", "3g.40gb").unusable.empty());
}

TEST_CASE("Slurm's nodes tell types and what is used, and drained ones are not used") {
  const Inventory inventory = read_inventory({fixture("slurm.json")});
  const InventoryRow& row = row_of(inventory, "gpu01");
  CHECK(row.product == "h100-sxm");
  CHECK(row.resource == "gpu:h100-sxm");
  CHECK(row.slots == 8);
  CHECK(row.free == 5);
  CHECK(row.pool == "gpu");
  CHECK(row_of(inventory, "gpu02").unusable == "DRAIN");
  CHECK(row_of(inventory, "gpu03").free == 2);
  CHECK(row_of(inventory, "gpu03", "1g.10gb").free == 5);
  CHECK_THAT(inventory.left_out.at(0), Contains("cpu01"));
}

TEST_CASE("nvidia-smi's XML and CSV tell what is free of each GPU") {
  const Inventory xml = read_inventory({fixture("smi.xml")});
  REQUIRE(xml.rows.size() == 3);
  CHECK(xml.rows[0].memory == 24564_MiB);
  CHECK(xml.rows[1].free_memory == 6000_MiB);
  CHECK(xml.rows[1].id == "GPU-1");
  const Inventory csv = read_inventory({fixture("smi.csv")});
  CHECK(row_of(csv, "ws-01").free_memory == 23028_MiB);
  CHECK(row_of(csv, "ws-01").product == "NVIDIA GeForce RTX 4090");
  CHECK_FALSE(row_of(csv, "ws-02").free_memory);
}

TEST_CASE("a list of one's own names nodes, devices, counts and pools") {
  const Inventory inventory = read_inventory({fixture("hosts.csv")});
  REQUIRE(inventory.rows.size() == 3);
  CHECK(row_of(inventory, "ws-07").slots == 2);
  CHECK(row_of(inventory, "edge-002").free_memory == Bytes(5'905'580'032));
  CHECK(row_of(inventory, "edge-001").pool == "stores");
}

TEST_CASE("hostile inventories are refused with their name, and none is believed") {
  const std::string text = GENERATE_COPY(
      std::string(), std::string("{"), std::string("[]"), std::string("{}"), std::string("<a>"), std::string("<a/>"),
      std::string("name,count\nx,1\n"), std::string("name,device,count\nx,rtx-4090,0\n"),
      std::string("name,device,count\nx,rtx-4090,1e30\n"), std::string("name,device\nx,\n"),
      std::string("{\"nodes\": 5}"), std::string("{\"nodes\": [{}]}"), std::string("{\"kind\": \"Secret\"}"),
      "{\"a\": " + std::string(10'000, '[') + "}", node_with("nvidia.com/gpu", "1k000"),
      node_with("nvidia.com/gpu", "-8"), node_with("nvidia.com/gpu", "99999999"), std::string(1 << 20, '<'));
  CAPTURE(text.substr(0, 100));
  CHECK_THROWS_AS(inventory_of(text), Error);
}

TEST_CASE("labels of any kind of nonsense leave a node unusable or unknown, never a crash") {
  const Inventory inventory = inventory_of(R"({"kind": "List", "items": [
    {"kind": "Node", "metadata": {"name": "a\u0007\n", "labels": {"nvidia.com/gpu.memory": "12 GiB", "nvidia.com/gpu.replicas": "-3",
     "nvidia.com/gpu.product": 7}}, "status": {"allocatable": {"nvidia.com/gpu": "2"}, "conditions": "none"}}]})");
  REQUIRE(inventory.rows.size() == 1);
  CHECK(inventory.rows[0].node == "a??");
  CHECK(inventory.rows[0].product.empty());
  CHECK_FALSE(inventory.rows[0].memory);
}
