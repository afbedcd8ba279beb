#pragma once

#include <filesystem>
#include <iosfwd>

#include "cli/model_finder.hpp"
#include "cli/options.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/model_page.hpp"

namespace lfmfit::cli {

/// The page about `question`, with the usual choices and every device that the catalogue's backends drive.
ModelPage model_page(const Question& question, const Catalog& catalog);

/// Writes a page of every model of the catalogue that has `part` in its id or name, case aside, into `folder`, each as
/// `options` say, and index.html, whose path is returned. Says on `out` how many, and which models are left out and
/// why. Throws Error(kUnknownModel) where there is none.
std::filesystem::path write_site(const RequestOptions& options, const std::string& part, const Catalog& catalog,
                                 ModelFinder& models, const std::filesystem::path& folder, std::ostream& out);

}  // namespace lfmfit::cli
