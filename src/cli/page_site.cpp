#include "cli/page_site.hpp"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <string>

#include "cli/report_scope.hpp"
#include "cli/request_options.hpp"
#include "lfmfit/error.hpp"
#include "render/model_page.hpp"
#include "render/site_index.hpp"
#include "render/style.hpp"
#include "system/write_file.hpp"

namespace lfmfit::cli {

namespace {

/// Cache types that people choose between: as it is, half and a quarter.
constexpr const char* kCacheTypes[] = {"f16", "q8_0", "q4_0"};
constexpr std::int64_t kSlots[] = {1, 2, 4, 8};

/// "liquidai-lfm2-1.2b-rag.html"
std::string page_name(const std::string& id) {
  std::string name;
  for (const char c : id) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || (c == '.' && !name.empty());
    name += plain ? static_cast<char>(std::tolower(static_cast<unsigned char>(c))) : '-';
  }
  return name + ".html";
}

std::vector<const Model*> family_of(const Model& model, const Catalog& catalog) {
  std::vector<const Model*> family;
  for (const Model& other : catalog.models()) {
    if (other.card.family == model.card.family && other.card.id != model.card.id) family.push_back(&other);
  }
  std::stable_sort(family.begin(), family.end(), [](const Model* a, const Model* b) { return parameter_count(*a) < parameter_count(*b); });
  return family;
}

}  // namespace

ModelPage model_page(const Question& question, const Catalog& catalog) {
  PageChoices choices;
  choices.quantizations = table_rows(question, false, catalog);
  choices.contexts = usual_contexts(question.model->context_limit);
  choices.slots.assign(std::begin(kSlots), std::end(kSlots));
  for (const char* name : kCacheTypes) choices.caches.push_back({&catalog.tensor_type(name), &catalog.tensor_type(name)});
  ModelPage page = make_model_page(question, std::move(choices), driven_devices(catalog, nullptr));
  page.relatives = family_of(*question.model, catalog);
  return page;
}

std::filesystem::path write_site(const RequestOptions& options, const Catalog& catalog, ModelFinder& models,
                                 const std::filesystem::path& folder, std::ostream& out) {
  render::SiteLinks links{"index.html", {}};
  for (const Model& model : catalog.models()) links.pages[model.card.id] = page_name(model.card.id);
  render::SiteIndex index(catalog.quantizations());
  std::string refused;
  for (const Model& model : catalog.models()) {
    RequestOptions here = options;
    here.model = model.card.id;
    try {
      const ModelPage page = model_page(make_question(here, catalog, models, nullptr), catalog);
      write_file(folder / links.pages.at(model.card.id), render::model_page_html(page, links, LFMFIT_VERSION));
      index.add(page, links.pages.at(model.card.id));
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kUnsupported && error.kind() != ErrorKind::kBadRequest) throw;
      refused += "  left out: " + render::printable(model.card.id) + ": " + render::printable(error.what()) + "\n";
    }
  }
  const std::filesystem::path home = folder / links.home;
  write_file(home, index.html(LFMFIT_VERSION));
  out << index.size() << " pages and index.html in " << render::printable(folder.string()) << "\n" << refused;
  return home;
}

}  // namespace lfmfit::cli
