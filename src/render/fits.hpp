#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lfmfit/fits.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// One model that runs on a machine.
struct FitsRow {
  FittingModel model;
  Tokens longest;                  ///< context
  std::vector<std::string> tasks;  ///< that it is made for
};

/// The models that run on a machine, best first.
struct FitsList {
  const Device& device;
  std::vector<FitsRow> rows;  ///< those that are shown
  std::size_t asked = 0;      ///< of so many that were asked about
  bool is_whole = false;      ///< all that run are shown
  std::optional<TokenRate> min_speed;
};

std::string fits_text(const FitsList& list, const Terminal& terminal);

/// Schema lfmfit.fits/1.
Json fits_json(const FitsList& list, const std::string& version);

}  // namespace lfmfit::render
