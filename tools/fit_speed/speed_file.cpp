#include "speed_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

namespace lfmfit::fit_speed {

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

template <class Value>
Json by_question(const std::array<Value, kSpeedQuestionCount>& values, const std::function<Json(const Value&)>& json) {
  Json result = Json::object();
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    const Json value = json(values[q]);
    if (!value.is_null()) result[name_of(static_cast<SpeedQuestion>(q))] = value;
  }
  return result;
}

Json counts_json(const std::array<int, kSpeedQuestionCount>& counts) {
  return by_question<int>(counts, [](const int& count) { return count > 0 ? Json(count) : Json(); });
}

Json band_json(const SpeedBand& band) {
  return {{"low", rounded(band.low)},
          {"high", rounded(band.high)},
          {"unmeasured_low", rounded(band.unmeasured_low)},
          {"unmeasured_high", rounded(band.unmeasured_high)}};
}

/// Factors that say next to nothing are left out.
void put_factors(Json& row, const SpeedRow& fitted) {
  constexpr double kSame = 0.005;
  row.erase("factors");
  Json factors = Json::object();
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    if (std::abs(fitted.factors[i] - 1) > kSame)
      factors[name_of(static_cast<Coefficient>(i))] = rounded(fitted.factors[i]);
  }
  if (!factors.empty()) row["factors"] = factors;
}

void put_rows(Json& root, const SpeedConstants& fitted, const std::vector<MeasuredRow>& rows) {
  std::vector<std::array<int, kSpeedQuestionCount>> counts(fitted.rows.size());
  for (const MeasuredRow& row : rows) {
    if (row.weight <= 0) continue;
    for (const std::size_t i : chain_of(constants_of(row, fitted), fitted.rows))
      ++counts[i][static_cast<std::size_t>(row.run.question)];
  }
  for (std::size_t i = 0; i < fitted.rows.size(); ++i) {
    Json& row = root.at("speed")[i];
    const SpeedRow& here = fitted.rows[i];
    row.erase("rows");
    if (here.parent.empty()) continue;
    put_factors(row, here);
    row["rows"] = counts_json(counts[i]);
    row.erase("bands");
    Json bands = Json::object();
    for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
      if (here.own_bands[q]) bands[name_of(static_cast<SpeedQuestion>(q))] = band_json(here.bands[q]);
    }
    if (!bands.empty()) row["bands"] = bands;
  }
}

void put_devices(Json& root, const SpeedConstants& fitted) {
  Json& into = root["measured_devices"] = Json::object();
  for (const MeasuredDevice& device : fitted.measured_devices) {
    Json row = Json::object();
    const Json counts = counts_json(device.rows);
    if (!counts.empty()) row["rows"] = counts;
    if (device.decode != 1) row["decode"] = rounded(device.decode);
    if (device.prefill != 1) row["prefill"] = rounded(device.prefill);
    if (!row.empty()) into[device.backend][device.device] = row;
  }
}

/// How many rows have each part that launches kernels.
void put_launches(Json& root, const std::vector<MeasuredRow>& rows) {
  std::array<int, kLaunchPartCount> rows_with{};
  for (const MeasuredRow& row : rows) {
    for (std::size_t part = 0; part < kLaunchPartCount; ++part)
      rows_with[part] += row.run.workload.device.launches[part] + row.run.workload.host.launches[part] > 0 ? 1 : 0;
  }
  for (Json& row : root.at("launches")) {
    for (std::size_t part = 0; part < kLaunchPartCount; ++part) {
      if (row.at("part") == name_of(static_cast<LaunchPart>(part))) row["rows"] = rows_with[part];
    }
  }
}

}  // namespace

std::string updated(const std::string& old_text, const SpeedConstants& fitted, const std::vector<MeasuredRow>& rows) {
  Json root = Json::parse(old_text);
  put_launches(root, rows);
  put_devices(root, fitted);
  put_rows(root, fitted, rows);
  constexpr int kNesting = 4;
  return lines(root, "", kNesting) + "\n";
}

}  // namespace lfmfit::fit_speed
