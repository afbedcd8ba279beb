#include "speed_file.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/speed/launch_count.hpp"

namespace lfmfit::fit_speed {

using namespace speed;

namespace {

using Json = nlohmann::ordered_json;

/// Four digits are more than measurements are worth.
double rounded(double value) { return std::stod(fmt::format("{:.4g}", value)); }

/// JSON on one line, with a blank behind each comma and colon.
std::string line(const Json& value) {
  std::string text;
  const char* separator = "";
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      text += separator + Json(key).dump() + ": " + line(member);
      separator = ", ";
    }
    return "{" + text + "}";
  }
  if (!value.is_array()) return value.dump();
  for (const Json& element : value) {
    text += separator + line(element);
    separator = ", ";
  }
  return "[" + text + "]";
}

bool is_table(const Json& value) { return value.is_array() && !value.empty() && value.front().is_object(); }

/// Members, and rows of tables, on lines of their own; anything else on one line.
std::string lines(const Json& value, const std::string& indent, int depth) {
  const bool table = is_table(value);
  if (!table && (depth == 0 || !value.is_object())) return line(value);
  std::string text;
  for (const auto& [key, member] : value.items()) {
    text += (text.empty() ? "\n" : ",\n") + indent + " ";
    text += table ? line(member) : Json(key).dump() + ": " + lines(member, indent + " ", depth - 1);
  }
  return (table ? "[" : "{") + text + "\n" + indent + (table ? "]" : "}");
}

void put_coefficients(Json& row, SpeedLawKind kind, const Coefficients& coefficients) {
  for (std::size_t i = 0; i < kCoefficientCount; ++i) row[coefficient_names(kind)[i]] = rounded(coefficients[i]);
}

void put_rows(Json& root, const SpeedLaw& law, SpeedLawKind kind, const std::vector<MeasuredRow>& rows) {
  const std::vector<int> counts = count_rows(law, rows_of(kind, rows));
  for (Json& row : root.at("speed")) {
    for (std::size_t i = 0; i < law.rows.size(); ++i) {
      if (row.at("id") != law.rows[i].id) continue;
      row["rows"] = counts[i];
      put_coefficients(row, kind, law.rows[i].coefficients);
    }
  }
}

void put_bands(Json& into, const SpeedLaw& law) {
  Json& bands = into.at("bands");
  for (std::size_t i = 0; i < law.bands.size(); ++i) {
    bands[i]["low"] = law.bands[i].low;
    bands[i]["high"] = law.bands[i].high;
    bands[i]["unmeasured_low"] = law.bands[i].unmeasured_low;
    bands[i]["unmeasured_high"] = law.bands[i].unmeasured_high;
  }
}

void put_devices(Json& law, const std::vector<MeasuredRow>& rows) {
  std::map<std::string, std::map<std::string, int>> counts;
  for (const MeasuredRow& row : rows) ++counts[row.backend->name][row.device->id];
  law["measured_devices"] = counts;
}

void put_launches(Json& root, const std::vector<MeasuredRow>& decode_rows) {
  LaunchCounts rows_with{};
  for (const MeasuredRow& row : decode_rows) {
    const LaunchCounts counts = count_launches(*row.model);
    for (std::size_t part = 0; part < kLaunchPartCount; ++part) rows_with[part] += counts[part] > 0 ? 1 : 0;
  }
  for (Json& row : root.at("launches")) {
    for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
      if (row.at("part") == name_of(static_cast<LaunchPart>(part))) row["rows"] = rows_with[part];
    }
  }
}

}  // namespace

std::string updated(const std::string& old_text, const SpeedLaw& decode, const SpeedLaw& prefill,
                    const std::vector<MeasuredRow>& rows) {
  Json root = Json::parse(old_text);
  const std::vector<MeasuredRow> decode_rows = rows_of(SpeedLawKind::kDecode, rows);
  put_launches(root, decode_rows);
  Json& laws = root.at("laws");
  put_devices(laws.at("decode"), decode_rows);
  put_devices(laws.at("prefill"), rows_of(SpeedLawKind::kPrefill, rows));
  put_bands(laws.at("decode"), decode);
  put_bands(laws.at("prefill"), prefill);
  put_rows(root, decode, SpeedLawKind::kDecode, rows);
  put_rows(root, prefill, SpeedLawKind::kPrefill, rows);
  constexpr int kNesting = 4;
  return lines(root, "", kNesting) + "\n";
}

}  // namespace lfmfit::fit_speed
