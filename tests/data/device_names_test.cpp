#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/error.hpp"
#include "support/source_folder.hpp"

namespace {

using namespace lfmfit;

/// A line of truth/device_names.tsv: what drivers print or people type, and the devices that bear the name.
struct NamedDevices {
  bool printed = false;
  std::string name;
  std::set<std::string> ids;
};

std::vector<NamedDevices> named_devices() {
  std::ifstream file(test::source_folder() + "/tests/truth/device_names.tsv");
  std::vector<NamedDevices> rows;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string how, ids;
    NamedDevices row;
    std::getline(cells, how, '\t');
    std::getline(cells, row.name, '\t');
    std::getline(cells, ids);
    row.printed = how == "printed";
    std::istringstream words(ids);
    for (std::string id; words >> id;) row.ids.insert(id);
    rows.push_back(std::move(row));
  }
  return rows;
}

/// The words of a message, which ids are among.
std::set<std::string> words_of(std::string message) {
  for (char& c : message) {
    if (c == ',' || c == '(' || c == ')' || c == '?') c = ' ';
  }
  std::istringstream words(message);
  std::set<std::string> result;
  for (std::string word; words >> word;) result.insert(word);
  return result;
}

/// The device that `name` finds, or none and the message instead.
std::string found_or_message(const Catalog& catalog, const std::string& name, Bytes memory, std::string& message) {
  try {
    return catalog.device(name, memory).id;
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kUnknownDevice);
    message = error.what();
    return {};
  }
}

/// One GPU of a server prints its own name. A modified card is meant only where its size is said.
std::set<std::string> as_single_gpus(const std::set<std::string>& ids, const Catalog& catalog) {
  std::set<std::string> single;
  for (const std::string& id : ids) {
    const Device& device = catalog.device(id);
    if (device.name.find("(modified)") != std::string::npos && ids.size() > 1) continue;
    single.insert(device.gpu.empty() ? id : device.gpu);
  }
  return single;
}

TEST_CASE("no name that drivers print or people type finds another device") {
  const Catalog catalog;
  int found_own = 0, refused = 0;
  for (const NamedDevices& row : named_devices()) {
    INFO(row.name);
    std::string message;
    const std::string found = found_or_message(catalog, row.name, Bytes(0), message);
    const std::set<std::string> single = as_single_gpus(row.ids, catalog);
    if (!found.empty()) {
      CHECK(single.count(found) + row.ids.count(found) > 0);
      ++found_own;
      continue;
    }
    ++refused;
    const std::set<std::string> listed = words_of(message);
    for (const std::string& id : row.ids) CHECK(listed.count(id) + listed.count(catalog.device(id).gpu) > 0);
  }
  CHECK(found_own > 3 * refused);
}

TEST_CASE("a printed name that several devices bear is refused, and what the driver reports decides") {
  const Catalog catalog;
  for (const NamedDevices& row : named_devices()) {
    const std::set<std::string> single = as_single_gpus(row.ids, catalog);
    if (!row.printed || single.size() < 2) continue;
    INFO(row.name);
    std::string message;
    CHECK(found_or_message(catalog, row.name, Bytes(0), message).empty());
    for (const std::string& id : single) {
      const std::string found = found_or_message(catalog, row.name, catalog.device(id).memory, message);
      if (!found.empty()) CHECK(catalog.device(found).memory == catalog.device(id).memory);
    }
  }
}

TEST_CASE("a size that a driver reports tells cards of one name apart") {
  const Catalog catalog;
  const auto mib = [](std::int64_t count) { return Bytes(count << 20); };
  CHECK(catalog.device("NVIDIA GeForce RTX 4060 Ti", mib(16'380)).id == "rtx-4060-ti-16gb");
  CHECK(catalog.device("NVIDIA GeForce RTX 4060 Ti", mib(8'188)).id == "rtx-4060-ti-8gb");
  CHECK(catalog.device("NVIDIA GeForce RTX 3080", mib(10'240)).id == "rtx-3080");
  CHECK(catalog.device("NVIDIA GeForce RTX 4090", mib(24'564)).id == "rtx-4090");
  CHECK(catalog.device("NVIDIA GeForce RTX 4090", mib(49'140)).id == "rtx-4090-48gb");
  CHECK(catalog.device("NVIDIA A10", mib(23'028)).id == "a10");  // error correction takes a sixteenth
  CHECK_THROWS_AS(catalog.device("NVIDIA GeForce RTX 4090", mib(12'282)), Error);
}

TEST_CASE("what people type finds what they mean") {
  const Catalog catalog;
  const std::vector<std::pair<const char*, const char*>> typed{
      {"4090", "rtx-4090"},
      {"7900xtx", "rx-7900-xtx"},
      {"rtx3060", "rtx-3060-12gb"},
      {"3060ti", "rtx-3060-ti"},
      {"a100 40gb pcie", "a100-pcie-40gb"},
      {"RTX 5000 Ada", "rtx-5000-ada"},
      {"rtx 5000", "quadro-rtx-5000"},
      {"NVIDIA T4", "t4"},
      {"iphone 15", "iphone-15"},
      {"4090 laptop", "rtx-4090-laptop"},
      {"4070 ti super", "rtx-4070-ti-super"},
      {"4070tis", "rtx-4070-ti-super"},
      {"ada 6000 rtx", "rtx-6000-ada"},
      {"a100 80gb", "a100-sxm-80gb"},
      {"GPU 0: NVIDIA L4 (UUID: GPU-1f)", "l4"},
      {"01:00.0 VGA compatible controller: NVIDIA Corporation AD102 [GeForce RTX 4080] (rev a1)", "rtx-4080"}};
  for (const auto& [name, id] : typed) {
    INFO(name);
    std::string message;
    CHECK(found_or_message(catalog, name, Bytes(0), message) == id);
  }
}

TEST_CASE("a size that a card does not have suggests the card, and those of that size whose name goes on") {
  std::string message;
  CHECK(found_or_message(Catalog(), "rx 6700 8gb", Bytes(0), message).empty());
  CHECK(words_of(message).count("rx-6700") == 1);
  CHECK(words_of(message).count("rx-6700s") == 1);
}

TEST_CASE("what could mean several devices, or none, finds none") {
  const Catalog catalog;
  for (const char* name : {"cpu", "gpu", "NVIDIA", "rtx", "a100 40gb", "4060 ti", "m2", "rtx 4090 12gb", "gtx 4090",
                           "rx 4090", "AMD Radeon Graphics", "rtx 409", "T40", "laptop", "8gb", "()", "/", "x"}) {
    INFO(name);
    CHECK_THROWS_AS(catalog.device(name), Error);
  }
}

TEST_CASE("every device is found by its id, and by its name unless drivers print that for another one too") {
  const Catalog catalog;
  int by_name = 0;
  for (const Device& device : catalog.devices()) {
    INFO(device.id);
    CHECK(catalog.device(device.id).id == device.id);
    for (const std::string& name : {device.name, device.vendor + " " + device.name}) {
      std::string message;
      const std::string found = found_or_message(catalog, name, Bytes(0), message);
      CHECK((found == device.id || words_of(message).count(device.id) == 1));
      by_name += found == device.id ? 1 : 0;
    }
  }
  CHECK(by_name > static_cast<int>(2 * catalog.devices().size() * 9 / 10));
}

TEST_CASE("every name of the list means devices that are there") {
  const Catalog catalog;
  std::ifstream file(test::source_folder() + "/data/device_names.json");
  const nlohmann::json names = nlohmann::json::parse(file);
  for (const nlohmann::json& row : names.at("device_names")) {
    INFO(row.at("name"));
    CHECK_FALSE(row.at("source").get<std::string>().empty());
    for (const nlohmann::json& id : row.at("devices")) CHECK(catalog.device(id.get<std::string>()).id == id);
  }
}

TEST_CASE("every PCI id is that of devices that exist, and a revision tells them apart where one does") {
  const Catalog catalog;
  std::ifstream file(test::source_folder() + "/data/pci_ids.json");
  const nlohmann::json rows = nlohmann::json::parse(file);
  for (const nlohmann::json& row : rows.at("pci_ids")) {
    const std::string id = row.at("id");
    CAPTURE(id);
    CHECK(catalog.devices_of_pci(id).size() == row.at("devices").size());
  }
  REQUIRE(catalog.devices_of_pci("1002:744c", "c8").size() == 1);
  CHECK(catalog.devices_of_pci("1002:744c", "c8").front()->id == "rx-7900-xtx");
  CHECK(catalog.devices_of_pci("1002:744c", "01").size() == 4);
  CHECK(catalog.devices_of_pci("ffff:0000").empty());
}

TEST_CASE("all devices that a name may mean are told, and none where nothing bears it") {
  const Catalog catalog;
  const auto ids = [&](const char* name, Bytes memory) {
    std::set<std::string> found;
    for (const Device* device : catalog.devices_called(name, memory)) found.insert(device->id);
    return found;
  };
  using namespace lfmfit::literals;
  CHECK(ids("NVIDIA GeForce RTX 4090", 24564_MiB) == std::set<std::string>{"rtx-4090"});
  CHECK(ids("NVIDIA GeForce RTX 4060 Ti", Bytes(0)).size() == 2);
  CHECK(ids("NVIDIA GeForce RTX 4090", 7_GiB).empty());
  CHECK(ids("NVIDIA GeForce RTX 9990", Bytes(0)).empty());
}

}  // namespace
