#include <fmt/format.h>

#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/html.hpp"
#include "render/model_page.hpp"
#include "render/web_files.hpp"

namespace lfmfit::render {

namespace {

/// "LFM2 1.2B RAG needs 1.21 GB of GPU memory as Q4_K_M with 4,096 tokens of context": what the first state says.
std::string summary(const ModelPage& page) {
  const Question& question = page.question;
  const Estimate answer = estimate(question);
  const int place = answer.memory.tightest_place();
  return fmt::format("{} needs {} of {} as {} with {} tokens of context, of which its weights are {}; the file has {}.",
                     question.model->card.name, gb_text(answer.memory.total(place)),
                     place == kHost ? "memory" : "GPU memory", question.quantization->name,
                     grouped(answer.request.context.count()), gb_text(answer.memory.sum(MemoryUse::kWeights, place)),
                     gb_text(answer.file_bytes));
}

}  // namespace

std::string model_page_html(const ModelPage& page, const SiteLinks& links, const std::string& version) {
  const ModelCard& card = page.question.model->card;
  const std::string text = summary(page);
  return filled(web_file("page.html"), {{"title", escaped(card.name + ": hardware requirements")},
                                        {"description", escaped(text)},
                                        {"summary", escaped(text)},
                                        {"style", std::string(web_file("page.css"))},
                                        {"data", script_json(model_page_json(page, links, version))},
                                        {"script", script_of("page.html")}});
}

}  // namespace lfmfit::render
