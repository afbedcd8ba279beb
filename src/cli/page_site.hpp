#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "ask/question.hpp"
#include "lfmfit/model_page.hpp"

namespace lfmfit::cli {

/// The page of what `asked` says, with the usual choices and every device that its backend drives, or the usual one of
/// each. `said` are the options that it was asked with, as page_words() takes them. Throws as question_of does.
ModelPage model_page(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder);

/// Writes a page of every model of the catalogue that has the asked model's words in its id or name (all, where none is
/// asked for), case aside, into `folder`, each as `asked` says, and index.html, whose path is returned. Says on `out`
/// how many, and which models are left out and why. Throws Error(kUnknownModel) where there is none.
std::filesystem::path write_site(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder,
                                 const std::filesystem::path& folder, std::ostream& out);

}  // namespace lfmfit::cli
