#pragma once

#include <filesystem>
#include <iosfwd>

#include "ask/question.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/model_page.hpp"

namespace lfmfit::cli {

/// The page about `question`, with the usual choices and every device that the catalogue's backends drive.
ModelPage model_page(const Question& question, const Catalog& catalog);

/// Writes a page of every model of the catalogue that has the asked model's words in its id or name (all, where none is
/// asked for), case aside, into `folder`, each as `asked` says, and index.html, whose path is returned. Says on `out`
/// how many, and which models are left out and why. Throws Error(kUnknownModel) where there is none.
std::filesystem::path write_site(const Asked& asked, ask::Finder& finder, const std::filesystem::path& folder,
                                 std::ostream& out);

}  // namespace lfmfit::cli
