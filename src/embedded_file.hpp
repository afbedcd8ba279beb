#pragma once

#include <string_view>

namespace lfmfit {

/// A file of the project as it was when the program was built.
struct EmbeddedFile {
  std::string_view path;  ///< from the project's root: "data/models/lfm2.json"
  std::string_view text;
};

}  // namespace lfmfit
