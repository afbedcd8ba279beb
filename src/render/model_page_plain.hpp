#pragma once

#include <string>

#include "lfmfit/model_page.hpp"

namespace lfmfit::render {

/// "LFM2 1.2B RAG needs 1.21 GB (0.98 to 1.63) of GPU memory as Q4_K_M with 4,096 tokens of context, ...": what the
/// first state says, in a sentence or two without markup.
std::string page_summary(const ModelPage& page);

/// The first state's answers as HTML that needs no script: figures, tables and questions, for search and previews, and
/// for those who let no script run.
std::string page_without_script(const ModelPage& page);

}  // namespace lfmfit::render
