#include "cli/page_site.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "ask/candidates.hpp"
#include "cli/page_words.hpp"
#include "core/base/letter_case.hpp"
#include "lfmfit/error.hpp"
#include "render/model_page.hpp"
#include "render/site_index.hpp"
#include "render/style.hpp"
#include "system/all_cores.hpp"
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
    name += plain ? c : '-';
  }
  return lower(name) + ".html";
}

std::vector<const Model*> family_of(const Model& model, const Catalog& catalog) {
  std::vector<const Model*> family;
  for (const Model& other : catalog.models()) {
    if (other.card.family == model.card.family && other.card.id != model.card.id) family.push_back(&other);
  }
  std::stable_sort(family.begin(), family.end(),
                   [](const Model* a, const Model* b) { return parameter_count(*a) < parameter_count(*b); });
  return family;
}

/// What a page is made of, looked up beforehand, so that threads do not wait for each other at the catalogue.
struct PagePlan {
  Question question;
  PageChoices choices;
  std::vector<const Model*> relatives;
  PageWords words;
};

PagePlan plan_of(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder) {
  const Question question = ask::question_of(asked, finder);
  const Catalog& catalog = finder.catalog;
  PagePlan plan{question, {}, family_of(*question.model, catalog), page_words(asked, said, finder)};
  plan.choices.quantizations = ask::table_rows(question, false, catalog);
  plan.choices.contexts = usual_contexts(question.model->context_limit);
  plan.choices.slots.assign(std::begin(kSlots), std::end(kSlots));
  for (const char* name : kCacheTypes)
    plan.choices.caches.push_back({&catalog.tensor_type(name), &catalog.tensor_type(name)});
  return plan;
}

ModelPage page_of(const PagePlan& plan, const std::vector<ReportScope::Candidate>& devices) {
  ModelPage page = make_model_page(plan.question, plan.choices, devices);
  page.relatives = plan.relatives;
  page.words = plan.words;
  return page;
}

/// Those of the backend that was asked for, or all with their usual ones.
std::vector<ReportScope::Candidate> devices_for(const Asked& asked, const Catalog& catalog) {
  return ask::driven_devices(catalog, asked.backend ? &catalog.backend(*asked.backend) : nullptr);
}

/// What an index tells of a page is its decode: hundreds of pages keep no more of their speeds.
void keep_for_index(ModelPage& page) {
  for (PageDevice& row : page.devices) {
    if (row.speed) row.speed = PageSpeed{std::move(row.speed->decode), {}, {}, {}};
  }
}

/// Makes the pages of a site side by side, as many as the machine has cores; all come out in the order of the models.
class SiteWriter {
 public:
  /// The pages of `models` link to each other.
  SiteWriter(const Asked& asked, const Catalog& catalog, const std::vector<const Model*>& models,
             std::filesystem::path folder)
      : catalog_(catalog), devices_(devices_for(asked, catalog)), folder_(std::move(folder)) {
    for (const Model* model : models) links_.pages[model->card.id] = page_name(model->card.id);
  }

  /// Asks for the page of `model`. What `make_plan` refuses is told in the end.
  template <class MakePlan>
  void ask(MakePlan make_plan, const Model& model) {
    jobs_.emplace_back();
    jobs_.back().model = &model;
    try {
      jobs_.back().plan = make_plan();
    } catch (const Error& error) {
      jobs_.back().refused = reason(error);
    }
  }

  /// Writes all of it, says so on `out`, and returns the path of the index.
  std::filesystem::path write(std::ostream& out) {
    on_all_cores(jobs_.size(), [this](std::size_t i) { make(jobs_[i]); });
    render::SiteIndex index(catalog_.quantizations());
    std::string refused;
    for (const Job& job : jobs_) {
      const std::string& id = job.model->card.id;
      if (job.page)
        index.add(*job.page, links_.pages.at(id));
      else
        refused += render::printable("  left out: " + id + ": " + job.refused) + "\n";
    }
    const std::filesystem::path home = folder_ / links_.home;
    write_file(home, index.html(LFMFIT_VERSION));
    out << index.size() << (index.size() == 1 ? " page" : " pages") << " and index.html in "
        << render::printable(folder_.string()) << "\n"
        << refused;
    return home;
  }

 private:
  struct Job {
    const Model* model = nullptr;
    std::optional<PagePlan> plan;
    std::optional<ModelPage> page;
    std::string refused;
  };

  /// Only refusals of one model are no failure of all.
  static std::string reason(const Error& error) {
    if (!is_refusal(error.kind())) throw error;
    return error.what();
  }

  void make(Job& job) const {
    if (!job.plan) return;
    try {
      job.page = page_of(*job.plan, devices_);
      write_file(folder_ / links_.pages.at(job.model->card.id),
                 render::model_page_html(*job.page, links_, LFMFIT_VERSION));
      keep_for_index(*job.page);
    } catch (const Error& error) {
      job.refused = reason(error);
    }
  }

  const Catalog& catalog_;
  std::vector<ReportScope::Candidate> devices_;
  std::filesystem::path folder_;
  render::SiteLinks links_{"index.html", {}};
  std::vector<Job> jobs_;
};

}  // namespace

ModelPage model_page(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder) {
  return page_of(plan_of(asked, said, finder), devices_for(asked, finder.catalog));
}

std::filesystem::path write_site(const Asked& asked, const std::vector<std::string>& said, ask::Finder& finder,
                                 const std::filesystem::path& folder, std::ostream& out) {
  const std::string part = asked.model.value_or("");
  std::vector<const Model*> models;
  for (const Model& model : finder.catalog.models()) {
    if (contains_but_case(model.card.id + "\n" + model.card.name, part)) models.push_back(&model);
  }
  if (models.empty())
    throw Error(ErrorKind::kUnknownModel, "no model has '" + part + "' in its name; `lfmfit list models` shows all");
  SiteWriter site(asked, finder.catalog, models, folder);
  for (const Model* model : models) {
    Asked here = asked;
    here.model = model->card.id;
    site.ask([&] { return plan_of(here, said, finder); }, *model);
  }
  return site.write(out);
}

}  // namespace lfmfit::cli
