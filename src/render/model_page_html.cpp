#include "render/html.hpp"
#include "render/model_page.hpp"
#include "render/model_page_plain.hpp"
#include "render/web_files.hpp"

namespace lfmfit::render {

std::string model_page_html(const ModelPage& page, const SiteLinks& links, const std::string& version) {
  const ModelCard& card = page.question.model->card;
  const std::string text = page_summary(page);
  return filled(web_file("page.html"), {{"title", escaped(card.name + ": hardware requirements")},
                                        {"description", escaped(text)},
                                        {"plain", page_without_script(page)},
                                        {"style", std::string(web_file("page.css"))},
                                        {"data", script_json(model_page_json(page, links, version))},
                                        {"script", script_of("page.html")}});
}

}  // namespace lfmfit::render
