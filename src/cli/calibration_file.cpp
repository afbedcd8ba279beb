#include "cli/calibration_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

using Json = nlohmann::ordered_json;

Json row_json(const CalibratedRow& calibrated) {
  const SpeedRow& row = calibrated.row;
  Json json = {{"id", row.id},         {"law", calibrated.law == SpeedLawKind::kDecode ? "decode" : "prefill"},
               {"label", row.label},   {"backend", row.backend},
               {"parent", row.parent}, {"hardware", Json::array({{{"device", row.hardware.front().device}}})},
               {"rows", row.rows}};
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    json[coefficient_names(calibrated.law)[i]] = std::stod(fmt::format("{:.5g}", row.coefficients[i]));
  }
  return json;
}

}  // namespace

std::string overlay_text(const std::vector<CalibratedRow>& rows) {
  std::string text = "{\"speed\": [";
  for (const CalibratedRow& row : rows) text += (&row == rows.data() ? "\n  " : ",\n  ") + row_json(row).dump();
  return text + "\n]}\n";
}

}  // namespace lfmfit::cli
