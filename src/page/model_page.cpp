#include "lfmfit/model_page.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/base/limits.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/rule_of_thumb.hpp"
#include "page/memory_table.hpp"
#include "page/speed_table.hpp"

namespace lfmfit {

namespace {

template <class Value>
void add_sorted(std::vector<Value>& values, Value value) {
  const auto place = std::lower_bound(values.begin(), values.end(), value);
  if (place == values.end() || *place != value) values.insert(place, value);
}

void add_asked(PageChoices& choices, const Question& question) {
  auto& quantizations = choices.quantizations;
  if (std::find(quantizations.begin(), quantizations.end(), question.quantization) == quantizations.end()) {
    quantizations.insert(quantizations.begin(), question.quantization);
  }
  add_sorted(choices.contexts, question.request.context);
  add_sorted(choices.slots, question.request.parallel);
  auto& caches = choices.caches;
  if (std::find(caches.begin(), caches.end(), question.cache) == caches.end())
    caches.insert(caches.begin(), question.cache);
}

/// Whether this model can be run that way, all else as asked.
bool is_possible(const Question& question) {
  return unless_refused([&] { return estimate(question); }).has_value();
}

void leave_out_impossible(PageChoices& choices, const Question& question) {
  std::erase_if(choices.quantizations, [&](const Quantization* quantization) {
    Question here = question;
    here.quantization = quantization;
    return quantization != question.quantization && !is_possible(here);
  });
  std::erase_if(choices.caches, [&](const CacheTypes& cache) {
    Question here = question;
    here.cache = cache;
    return cache != question.cache && !is_possible(here);
  });
}

std::vector<Tokens> full_depths(const PageChoices& choices, const Request& request) {
  std::vector<Tokens> depths;
  for (const Tokens context : choices.contexts) {
    for (const std::int64_t slots : choices.slots) {
      add_sorted(depths, Tokens(request.kv_unified ? context.count() : context.count() / slots));
    }
  }
  return depths;
}

std::optional<Bytes> said_by_calculators(const Question& question, const Quantization& quantization, Tokens context) {
  return unless_refused([&] { return rule_of_thumb_memory(*question.model, quantization, context).total(0); });
}

class PageMaker {
 public:
  explicit PageMaker(ModelPage& page) : page_(page) {
    for (const Quantization* quantization : page.choices.quantizations) {
      Question here = page.question;
      here.quantization = quantization;
      stored_.push_back(stored_tensors(here));
    }
  }

  void add_sizes() {
    for (std::size_t q = 0; q < stored_.size(); ++q) {
      page_.tensor_bytes.push_back(total_bytes(stored_[q]));
      page_.file_bytes.push_back(page_.tensor_bytes.back() + page_.question.model->file_overhead.value_or(Bytes(0)));
      for (const Tokens context : page_.choices.contexts) {
        page_.calculators_say.push_back(said_by_calculators(page_.question, *page_.choices.quantizations[q], context));
      }
    }
  }

  /// Nothing where the backend cannot be answered for.
  std::optional<std::size_t> add_backend(const Backend& backend, int gpus = 1) {
    const auto [place, is_new] = backends_.try_emplace({&backend, gpus});
    if (is_new) {
      if (auto table = memory_table(page_.question, page_.choices, stored_, backend, gpus)) {
        place->second = page_.backends.size();
        page_.backends.push_back(std::move(*table));
      }
    }
    return place->second;
  }

  void add_devices(const std::vector<ReportScope::Candidate>& candidates) {
    SpeedTable speeds(page_.question, page_.choices, page_.depths, stored_);
    std::set<std::string> refused;
    for (const ReportScope::Candidate& candidate : candidates) {
      const Backend* backend = candidate.backend;
      const bool answered = backend != nullptr && add_device(*candidate.device, *backend, speeds);
      if (!answered) refused.insert(backend != nullptr ? backend->label : candidate.device->backend);
    }
    for (const std::string& name : refused)
      page_.warnings.push_back("Devices of " + name +
                               " are left out: lfmfit cannot answer for this model on them yet.");
  }

 private:
  bool add_device(const Device& device, const Backend& backend, SpeedTable& speeds) {
    const int gpus = backend.is_cpu ? 1 : gpus_used(device);
    const std::optional<std::size_t> table = add_backend(backend, gpus);
    const auto driver = unless_refused([&] { return page_driver(page_.question, backend, &device); });
    if (!table || !driver) return false;
    PageDevice row;
    row.device = &device;
    row.backend = *table;
    row.driver = *driver;
    const Capacity capacity = capacity_on(device, backend);
    row.usable =
        capacity.gpus.empty() ? capacity.pool.value_or(capacity.host.value_or(device.usable)) : capacity.gpus[0];
    row.most = limits_of(row.usable);
    if (!capacity.gpus.empty()) row.pool = capacity.pool;
    if (row.pool) row.most_of_pool = limits_of(*row.pool);
    // what is to be left free counts for verdicts, not for speed
    row.speed_limit =
        speed_limit(device, capacity.gpus.empty() ? row.usable : page_.question.available.value_or(device.usable));
    row.speed = speeds.speed(device, backend, gpus);
    page_.devices.push_back(std::move(row));
    return true;
  }

  static std::array<Bytes, 3> limits_of(Bytes usable) {
    return {most_for(Verdict::kRunsGreat, usable), most_for(Verdict::kRunsWell, usable),
            most_for(Verdict::kTight, usable)};
  }

  /// llama.cpp drives no more of a larger machine.
  static int gpus_used(const Device& device) { return std::min(device.gpus, kMaxGpus); }

  /// Of a server, what each of its GPUs has.
  Capacity capacity_on(const Device& device, const Backend& backend) const {
    Question here = page_.question;
    here.device = &device;
    here.backend = &backend;
    return capacity_of(here);
  }

  ModelPage& page_;
  std::vector<std::vector<Tensor>> stored_;
  std::map<std::pair<const Backend*, int>, std::optional<std::size_t>> backends_;  ///< by number of GPUs too
};

}  // namespace

std::size_t PageChoices::states() const { return state(quantizations.size(), 0, 0, 0); }

std::size_t PageChoices::state(std::size_t quantization, std::size_t context, std::size_t cache,
                               std::size_t slot) const {
  return quantization * cache_state(contexts.size(), 0, 0) + cache_state(context, cache, slot);
}

std::size_t PageChoices::cache_state(std::size_t context, std::size_t cache, std::size_t slot) const {
  return (context * caches.size() + cache) * slots.size() + slot;
}

PageState first_state(const ModelPage& page) {
  const Question& asked = page.question;
  const PageChoices& choices = page.choices;
  const auto index = [](const auto& values, auto place) { return static_cast<std::size_t>(place - values.begin()); };
  const auto find = [&](const auto& values, const auto& value) {
    return index(values, std::find(values.begin(), values.end(), value));
  };
  return {find(choices.quantizations, asked.quantization), find(choices.contexts, asked.request.context),
          find(choices.caches, asked.cache), find(choices.slots, asked.request.parallel)};
}

std::vector<Tokens> usual_contexts(Tokens limit) {
  std::vector<Tokens> contexts;
  for (Tokens context(4096); context < limit; context = context * 2) contexts.push_back(context);
  contexts.push_back(limit);
  return contexts;
}

ModelPage make_model_page(const Question& question, PageChoices choices,
                          const std::vector<ReportScope::Candidate>& devices) {
  ModelPage page;
  page.question = question;
  page.question.device = nullptr;
  page.question.shrinks_context = false;
  page.question.request.depth = Tokens(0);
  page.question.request.placing = Placing::kGiven;  // a page is about a model whose layers are all on one GPU
  page.question.request.gpu_count = 1;
  page.question.plans = new_compute_plans();
  page.notes = estimate(page.question).notes;  // refuses what cannot be answered
  add_asked(choices, page.question);
  leave_out_impossible(choices, page.question);
  page.choices = std::move(choices);
  page.depths = full_depths(page.choices, page.question.request);
  PageMaker maker(page);
  maker.add_sizes();
  const std::optional<std::size_t> reference = maker.add_backend(*page.question.backend);
  if (!reference)
    throw Error(ErrorKind::kUnsupported, "lfmfit cannot answer for this model on " + page.question.backend->label);
  page.reference = *reference;
  maker.add_devices(devices);
  return page;
}

}  // namespace lfmfit
