#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ask/question.hpp"
#include "lfmfit/catalog.hpp"
#include "render/fits.hpp"

namespace lfmfit::cli {

/// Which models are looked for.
struct FitsAsked {
  Asked asked;                         ///< its device counts, its model and quantization do not
  std::string family, task;            ///< only models of it; empty: all
  std::optional<TokenRate> min_speed;  ///< of each request
  std::optional<std::size_t> most;     ///< so many of the best; unset: all
};

/// The models that run on the machine of `asked`, each at its best quantization, best first. `overlays` are the user's
/// own facts, those of the finder's catalogue. Throws Error.
render::FitsList fits_list(const FitsAsked& asked, const std::vector<Overlay>& overlays, ask::Finder& finder);

}  // namespace lfmfit::cli
