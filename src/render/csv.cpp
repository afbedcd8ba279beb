#include "render/csv.hpp"

#include <fmt/format.h>

#include <array>

#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

namespace {

constexpr std::array kColumns = {"class",
                                 "id",
                                 "name",
                                 "vendor",
                                 "segment",
                                 "backend",
                                 "gpu_count",
                                 "memory_bytes",
                                 "usable_bytes",
                                 "required_bytes",
                                 "headroom_bytes",
                                 "verdict",
                                 "decode_tok_s",
                                 "decode_low_tok_s",
                                 "decode_high_tok_s",
                                 "prefill_tok_s",
                                 "bandwidth_gb_s",
                                 "decode_half_context_tok_s",
                                 "decode_full_context_tok_s",
                                 "host_required_bytes",
                                 "host_usable_bytes",
                                 "gpu_layers",
                                 "n_cpu_moe"};

/// Quoted where it must be. A name that a spreadsheet would take for a formula gets a quote in front.
std::string field(const Json& value) {
  std::string text = value.is_string() ? printable(value.get_ref<const std::string&>()) : value.dump();
  if (value.is_string() && text.find_first_of("=+-@") == 0) text.insert(0, 1, '\'');
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

/// What is needed of host memory and what there is of it, as keys of their own.
void add_host(Json& device) {
  const Json places = device["places"];  // a new key moves the others
  for (const Json& place : places) {
    if (place["place"] != name_of_place(kHost)) continue;
    device["host_required_bytes"] = place["required_bytes"];
    if (place.contains("usable_bytes")) device["host_usable_bytes"] = place["usable_bytes"];
  }
}

std::string line(Json device) {
  add_host(device);
  std::string text;
  for (const char* column : kColumns) {
    if (column != kColumns.front()) text += ',';
    if (device.contains(column) && !device[column].is_null()) text += field(device[column]);
  }
  return text + "\n";
}

}  // namespace

std::string report_csv(const Report& report) {
  std::string text = fmt::format("{}\n", fmt::join(kColumns, ","));
  const Json json = report_json(report, "");
  for (const char* list : {"gpus", "devices", "cpus"}) {
    if (!json.contains(list)) continue;
    for (const Json& device : json[list]) text += line(device);
  }
  return text;
}

}  // namespace lfmfit::render
