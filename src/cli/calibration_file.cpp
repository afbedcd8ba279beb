#include "cli/calibration_file.hpp"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

using Json = nlohmann::ordered_json;

Json row_json(const CalibratedRow& calibrated) {
  const SpeedRow& row = calibrated.row;
  Json json = {{"id", row.id},
               {"law", calibrated.law == SpeedLawKind::kDecode ? "decode" : "prefill"},
               {"label", row.label},
               {"backend", row.backend},
               {"parent", row.parent},
               {"hardware", Json::array({{{"device", row.hardware.front().device}}})},
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

void write_overlay(const std::filesystem::path& path, const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const std::filesystem::path unfinished = path.string() + ".unfinished";
  std::ofstream file(unfinished, std::ios::binary);
  file << text;
  file.close();
  if (file) std::filesystem::rename(unfinished, path, error);
  if (!file || error) throw Error(ErrorKind::kBadFile, path.string() + " cannot be written; check the folder's permissions");
}

}  // namespace lfmfit::cli
