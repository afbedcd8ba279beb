#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lfmfit/speed_constants.hpp"

namespace lfmfit::cli {

/// `row` of `law`, with where it comes from.
struct CalibratedRow {
  SpeedLawKind law = SpeedLawKind::kDecode;
  SpeedRow row;
};

/// The text of an overlay with `rows`, in the form of data/speed.json.
std::string overlay_text(const std::vector<CalibratedRow>& rows);

/// Writes `text` to `path`, whole or not at all; its folder is made where there is none. Throws Error(kBadFile).
void write_overlay(const std::filesystem::path& path, const std::string& text);

}  // namespace lfmfit::cli
