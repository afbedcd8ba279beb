#pragma once

#include <map>
#include <string>

#include "lfmfit/model_page.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// Where pages of a site lie, as written into its links. A page by itself has none.
struct SiteLinks {
  std::string home;                          ///< of the index; empty: there is none
  std::map<std::string, std::string> pages;  ///< by the model's id
};

/// Everything that a page's script looks up; schema lfmfit.page/1.
Json model_page_json(const ModelPage& page, const SiteLinks& links, const std::string& version);

/// The page itself: one HTML file that needs no other and no network.
std::string model_page_html(const ModelPage& page, const SiteLinks& links, const std::string& version);

}  // namespace lfmfit::render
