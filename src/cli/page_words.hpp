#pragma once

#include <string>
#include <vector>

#include "ask/question.hpp"
#include "lfmfit/model_page.hpp"

namespace lfmfit::cli {

/// Options that a page says in its own way: what its reader chooses, what `--like` and `--users` are only other words
/// for, and where the page went.
std::vector<std::string> options_of_state();

/// How to ask for what a page of `asked` shows, in any of its states; `said` are the options besides
/// options_of_state().
PageWords page_words(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder);

}  // namespace lfmfit::cli
