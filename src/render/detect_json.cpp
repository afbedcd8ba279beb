#include "render/detect_text.hpp"
#include "render/json_words.hpp"

namespace lfmfit::render {

namespace {

void add_bytes(Json& json, const char* key, const std::optional<Bytes>& bytes) {
  if (bytes) json[key] = bytes->count();
}

/// A size that is 0 where it is not known.
void add_known(Json& json, const char* key, Bytes bytes) {
  if (bytes > Bytes(0)) json[key] = bytes.count();
}

void add_known(Json& json, const char* key, int number) {
  if (number > 0) json[key] = number;
}

Json holders_json(const std::vector<GpuHolder>& holders) {
  Json list = Json::array();
  for (const GpuHolder& holder : holders) {
    Json json = {{"pid", holder.pid}};
    add_text(json, "name", holder.name);
    add_bytes(json, "bytes", holder.bytes);
    list.push_back(std::move(json));
  }
  return list;
}

Json gpu_json(const LocalMachine::Gpu& gpu) {
  const FoundGpu& found = gpu.found;
  Json json = {{"vendor", found.vendor}};
  add_text(json, "name", found.name);
  json["devices"] = gpu.ids;
  json["used"] = gpu.is_used;
  add_text(json, "pci_id", found.pci_id);
  add_text(json, "pci_revision", found.pci_revision);
  add_text(json, "address", found.address);
  add_text(json, "driver", found.driver);
  add_text(json, "compute_capability", found.compute_capability);
  if (found.is_slice) json["slice"] = true;
  add_bytes(json, "total_bytes", found.total);
  add_bytes(json, "reserved_bytes", found.reserved);
  add_bytes(json, "free_bytes", found.available);
  add_bytes(json, "host_total_bytes", found.host_total);
  add_bytes(json, "host_used_bytes", found.host_used);
  json["holders"] = holders_json(found.holders);
  return json;
}

Json processor_json(const Processor& processor) {
  Json json = Json::object();
  add_text(json, "name", processor.name);
  add_text(json, "vendor", processor.vendor);
  add_known(json, "family", processor.family);
  add_known(json, "model", processor.model);
  add_known(json, "sockets", processor.sockets);
  add_known(json, "cores", processor.cores);
  add_known(json, "threads", processor.threads);
  json["features"] = processor.features;
  json["virtual"] = processor.is_virtual;
  return json;
}

Json bandwidth_json(const HostBandwidth& bandwidth) {
  return {{"low_gb_s", in_gb_per_second(bandwidth.low)},
          {"value_gb_s", in_gb_per_second(bandwidth.value)},
          {"high_gb_s", in_gb_per_second(bandwidth.high)},
          {"assumed", bandwidth.assumed},
          {"basis", bandwidth.basis}};
}

Json host_json(const Host& host) {
  Json json = {{"processor", processor_json(host.processor)}};
  add_known(json, "installed_bytes", host.installed);
  add_known(json, "total_bytes", host.total);
  add_known(json, "available_bytes", host.available);
  if (host.modules.count > 0) {
    json["modules"] = {{"count", host.modules.count}, {"data_bits", host.modules.data_bits}};
    add_text(json["modules"], "type", host.modules.type);
    if (host.modules.mega_transfers > 0) json["modules"]["mega_transfers"] = host.modules.mega_transfers;
  }
  if (host.bandwidth.value > Bandwidth(0)) json["bandwidth"] = bandwidth_json(host.bandwidth);
  return json;
}

/// What "local" means, with what of each GPU is usable.
Json meaning_json(const Device& device) {
  Json json = device_json(device);
  json["backend"] = device.backend;
  for (int gpu = 0; is_memory_known(device) && gpu < device.gpus; ++gpu)
    json["usable_bytes"].push_back(gpu_of(device, gpu).usable.count());
  add_bytes(json, "host_memory_bytes", device.host_memory);
  add_text(json, "usable_note", device.usable_note);
  return json;
}

}  // namespace

Json detect_json(const LocalMachine& machine, const std::string& version) {
  Json json = {{"schema", "lfmfit.detect/1"}, {"version", version}};
  add_text(json, "computer", machine.model);
  json["gpus"] = Json::array();
  for (const LocalMachine::Gpu& gpu : machine.gpus) json["gpus"].push_back(gpu_json(gpu));
  json["host"] = host_json(machine.host);
  json["local"] = meaning_json(machine.device);
  json["notes"] = machine.notes;
  return json;
}

}  // namespace lfmfit::render
