#include <fmt/format.h>

#include <charconv>
#include <pugixml.hpp>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/inventory_parts.hpp"

namespace lfmfit {

namespace {

/// "81559 MiB"; unset for "N/A".
std::optional<Bytes> mebibytes(const pugi::xml_node& node) {
  const std::string text = node.text().get();
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_size = error == std::errc() && std::string_view(rest) == " MiB" && number >= 0 && number < (1 << 30);
  return is_size ? std::optional(Bytes(number << 20)) : std::nullopt;
}

void read_gpu(const pugi::xml_node& gpu, const std::string& node, Inventory& inventory) {
  InventoryRow row;
  row.node = node;
  row.product = printable(gpu.child("product_name").text().get());
  row.slots = row.free = 1;
  row.id = printable(gpu.child("uuid").text().get());
  const pugi::xml_node memory = gpu.child("fb_memory_usage");
  row.memory = mebibytes(memory.child("total"));
  row.free_memory = mebibytes(memory.child("free"));
  const pugi::xml_node instances = gpu.child("mig_devices");
  if (std::string_view(gpu.child("mig_mode").child("current_mig").text().get()) != "Enabled") {
    inventory.rows.push_back(row);
    return;
  }
  if (!instances.child("mig_device"))
    inventory.left_out.push_back(node + ": " + row.product + ": MIG is on and has no instances");
  for (const pugi::xml_node& instance : instances.children("mig_device")) {
    const pugi::xml_node part_memory = instance.child("fb_memory_usage");
    InventoryRow part = row;
    part.profile = "MIG";
    part.id = printable(instance.child("uuid").text().get());
    part.memory = mebibytes(part_memory.child("total"));
    part.free_memory = mebibytes(part_memory.child("free"));
    if (part.memory && row.memory && row.memory->count() > 0)
      part.share = static_cast<double>(part.memory->count()) / static_cast<double>(row.memory->count());
    inventory.rows.push_back(part);
  }
}

}  // namespace

void read_nvidia_smi_xml(const std::string& path, const std::string& text, Inventory& inventory) {
  pugi::xml_document document;
  const pugi::xml_parse_result result = document.load_buffer(text.data(), text.size());
  if (!result) {
    throw Error(ErrorKind::kBadFile, fmt::format("{}: is no XML: {} at byte {}", printable(path, 4096),
                                                 result.description(), static_cast<long long>(result.offset)));
  }
  const pugi::xml_node log = document.child("nvidia_smi_log");
  if (!log) throw Error(ErrorKind::kBadFile, printable(path, 4096) + ": is XML, but not that of `nvidia-smi -q -x`");
  const std::string host = log.child("hostname").text().get();
  for (const pugi::xml_node& gpu : log.children("gpu"))
    read_gpu(gpu, host.empty() ? "this machine" : printable(host), inventory);
}

}  // namespace lfmfit
