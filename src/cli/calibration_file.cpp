#include "cli/calibration_file.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

using Json = nlohmann::ordered_json;

Json row_json(const SpeedRow& row) {
  Json rows = Json::object(), factors = Json::object();
  for (std::size_t q = 0; q < kSpeedQuestionCount; ++q) {
    if (row.rows[q] > 0) rows[name_of(static_cast<SpeedQuestion>(q))] = row.rows[q];
  }
  for (std::size_t i = 0; i < kCoefficientCount; ++i) {
    if (row.stated[i]) factors[name_of(static_cast<Coefficient>(i))] = std::stod(fmt::format("{:.5g}", row.factors[i]));
  }
  return {{"id", row.id},
          {"label", row.label},
          {"backend", row.backend},
          {"parent", row.parent},
          {"hardware", Json::array({{{"device", row.hardware.front().device}}})},
          {"rows", rows},
          {"factors", factors}};
}

}  // namespace

std::string overlay_text(const SpeedRow& row) { return "{\"speed\": [\n  " + row_json(row).dump() + "\n]}\n"; }

}  // namespace lfmfit::cli
