#include "render/csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "render/device_row_json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

namespace {

constexpr std::array kColumns = {"id",
                                 "model",
                                 "quantization",
                                 "context",
                                 "class",
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
                                 "measured",
                                 "bandwidth_gb_s",
                                 "decode_half_context_tok_s",
                                 "decode_full_context_tok_s",
                                 "host_required_bytes",
                                 "host_usable_bytes",
                                 "gpu_layers",
                                 "n_cpu_moe"};

constexpr const char* kBeginsFormula = "=+-@";

/// The text of a value; of none, and of a number that is none, nothing.
std::string plain_text(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_number_float() && value.dump() == Json().dump()) return "";
  if (!value.is_array()) return value.is_string() ? printable(value.get_ref<const std::string&>()) : value.dump();
  std::string text;
  for (const Json& one : value) text += (text.empty() ? "" : " ") + plain_text(one);
  return text;
}

/// Quoted where it must be.
std::string field(const Json& value) {
  std::string text = plain_text(value);
  if (!value.is_number() && text.find_first_of(kBeginsFormula) == 0) text.insert(0, 1, '\'');
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

template <class Columns>
std::string line(const Json& row, const Columns& columns) {
  std::string text;
  bool first = true;
  for (const auto& column : columns) {
    if (!first) text += ',';
    first = false;
    if (const auto value = row.find(column); value != row.end()) text += field(*value);
  }
  return text + "\n";
}

std::string device_line(const Question& question, Tokens context, const DeviceRow& row) {
  Json device = device_row_json(row);
  add_host(device);
  device["model"] = question.model->card.id;
  device["quantization"] = question.quantization->name;
  device["context"] = context.count();
  if (row.speed) device["measured"] = row.speed->decode.measured;
  return line(device, kColumns);
}

/// `row` with the keys of objects in it as keys of its own.
void flatten(const Json& row, const std::string& prefix, Json& flat) {
  for (const auto& [key, value] : row.items()) {
    if (value.is_object()) {
      flatten(value, prefix + key + ".", flat);
    } else {
      flat[prefix + key] = value;
    }
  }
}

}  // namespace

std::string answers_csv_header() { return fmt::format("{}\n", fmt::join(kColumns, ",")); }

std::string answer_csv(const Question& question, const Estimate& answer) {
  return device_line(question, answer.request.context, device_row_of(question, answer));
}

std::string report_csv(const Report& report) {
  std::string text = answers_csv_header();
  for (const std::vector<DeviceRow>* rows : {&report.gpus, &report.unified, &report.cpus}) {
    for (const DeviceRow& row : *rows) text += device_line(report.question, row.request->context, row);
  }
  return text;
}

std::string list_csv(const Json& rows) {
  std::vector<Json> flat_rows;
  std::vector<std::string> columns;
  for (const Json& row : rows) {
    flatten(row, "", flat_rows.emplace_back(Json::object()));
    for (const auto& [key, value] : flat_rows.back().items()) {
      if (std::find(columns.begin(), columns.end(), key) == columns.end()) columns.push_back(key);
    }
  }
  std::string text = fmt::format("{}\n", fmt::join(columns, ","));
  for (const Json& row : flat_rows) text += line(row, columns);
  return text;
}

}  // namespace lfmfit::render
