#include "lfmfit/plan.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>

#include "core/answer/trials.hpp"

namespace lfmfit {

namespace {

constexpr const char* kEdge = "edge";  // segment of phones, tablets and boards

/// Whether vLLM refuses for its options, not for memory.
bool is_refused_but_held(const Estimate& answer) {
  return answer.vllm->verdict == VllmVerdict::kRefuses && answer.vllm->needed <= answer.vllm->requested;
}

/// Works out the rows of one plan.
class Planner {
 public:
  Planner(const Question& question, const PlanMeans& means) : question_(question), means_(means) {}

  std::optional<PlanRow> row_of(const Quantization& quantization);

 private:
  std::optional<PlanRow> row(std::vector<Setting> changes, const Question& question);
  std::optional<Tokens> longest(const Question& question);

  const Question& question_;
  const PlanMeans& means_;
  Trials trials_;
};

std::optional<PlanRow> Planner::row(std::vector<Setting> changes, const Question& question) {
  std::optional<Estimate> answer = trials_.answer(question);
  if (!answer) return std::nullopt;
  PlanRow row{std::move(changes), question, std::move(*answer), false, {}, {}};
  row.serves = fits(*row.answer.fit) && is_quick(row.answer.speed, row.answer.request, means_.remedies.min_speed);
  return row;
}

std::optional<Tokens> Planner::longest(const Question& question) {
  Question open = question;
  open.longest_context = true;
  const auto answer = trials_.fit_of(open);
  return answer && is_whole(*answer) ? std::optional(answer->request.context) : std::nullopt;
}

/// The quantization as it was asked for; where it does not lie on the GPUs so, with a smaller cache, or with parts in
/// host memory.
std::optional<PlanRow> Planner::row_of(const Quantization& quantization) {
  Question asked = question_;
  asked.quantization = &quantization;
  const Question whole = all_on_gpus(asked);
  std::optional<PlanRow> row = this->row({}, whole);
  if (!row) return std::nullopt;
  Question base = whole;
  for (const Variation& wider : over_more_gpus(whole)) {  // GPUs that are there cost nothing
    if (is_whole(row->answer)) break;
    auto shared = this->row({wider.setting}, wider.question);
    if (!shared || is_refused_but_held(shared->answer) || shared->answer.fit->required >= row->answer.fit->required)
      continue;
    row = std::move(shared);
    base = wider.question;
  }
  const std::vector<Setting> shared = row->changes;
  for (const Variation& batch : with_smaller_batch(base, row->answer)) {
    if (is_whole(row->answer)) break;
    std::vector<Setting> changes = shared;
    changes.push_back(batch.setting);
    auto smaller = this->row(std::move(changes), batch.question);
    if (smaller && is_whole(smaller->answer)) row = std::move(smaller);
  }
  const auto small = with_small_cache(base, means_.remedies.cache_type);
  if (!is_whole(row->answer) && small) {
    std::vector<Setting> changes = shared;
    changes.push_back(small->setting);
    auto smaller = this->row(std::move(changes), small->question);
    if (smaller && is_whole(smaller->answer)) row = std::move(smaller);
  }
  if (row->answer.fit->verdict == Verdict::kTooBig) {
    const auto placed = placed_by_hand(asked, trials_);
    auto partly = placed ? this->row({placed->setting}, placed->question) : std::nullopt;
    if (partly && partly->answer.fit->verdict != Verdict::kTooBig) row = std::move(partly);
  }
  row->longest = longest(base);
  if (small) row->longest_small_cache = longest(small->question);
  return row;
}

double speed_of(const PlanRow& row) { return row.answer.speed ? row.answer.speed->decode.value.value() : 0; }

bool is_too_big(const PlanRow& row) { return row.answer.fit->verdict == Verdict::kTooBig; }

/// Whether `better`, of more quality, leaves nothing to choose `row` for.
bool is_better_in_all(const PlanRow& better, const PlanRow& row) {
  return better.answer.fit->verdict <= Verdict::kPartial && is_whole(better.answer) >= is_whole(row.answer) &&
         better.changes.size() <= row.changes.size() && better.longest >= row.longest &&
         better.longest_small_cache >= row.longest_small_cache && speed_of(better) >= speed_of(row);
}

/// Leaves out rows that another is better than in all, and those that hold no context at all but the nearest. `taken`
/// stays.
std::vector<PlanRow> frontier(std::vector<PlanRow> rows, const Quantization* taken) {
  std::vector<PlanRow> kept;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool fits_never = is_too_big(rows[i]) && !rows[i].longest && !rows[i].longest_small_cache;
    const bool next_is_smaller_miss =
        i + 1 < rows.size() && is_too_big(rows[i + 1]) && !rows[i + 1].longest && !rows[i + 1].longest_small_cache;
    if (fits_never && next_is_smaller_miss) continue;
    const bool is_dominated =
        std::any_of(kept.begin(), kept.end(), [&](const PlanRow& one) { return is_better_in_all(one, rows[i]); });
    if (!is_dominated || rows[i].question.quantization == taken) kept.push_back(std::move(rows[i]));
  }
  return kept;
}

std::size_t first_recommended(const std::vector<const Quantization*>& quantizations) {
  const auto found = std::find_if(quantizations.begin(), quantizations.end(),
                                  [](const Quantization* one) { return one->recommended; });
  return found == quantizations.end() ? 0 : static_cast<std::size_t>(found - quantizations.begin());
}

/// How well a row serves, best first; unset: it does not, or `quantization_is_better` than is worth its slowness.
std::optional<int> way_of(const PlanRow& row, bool quantization_is_better) {
  if (!row.serves) return std::nullopt;
  if (is_whole(row.answer)) return 0;
  return quantization_is_better ? std::nullopt : std::optional(1);
}

/// The row to take. Who says how fast it must be gets the best quality that is; else what lies on the GPUs comes first,
/// and of the others nothing larger than the recommended quantization is taken.
std::optional<std::size_t> best_of(const std::vector<PlanRow>& rows, const Question& question, const PlanMeans& means) {
  const auto is_recommended = [](const PlanRow& row) { return row.question.quantization->recommended; };
  const bool takes_any = means.remedies.min_speed || !means.quantization_is_open;
  const auto recommended = std::find_if(rows.begin(), rows.end(), is_recommended);
  std::optional<std::size_t> best;
  int best_way = 2;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PlanRow& row = rows[i];
    if (!means.quantization_is_open && row.question.quantization != question.quantization) continue;
    const bool is_better = recommended != rows.end() && rows.begin() + static_cast<std::ptrdiff_t>(i) < recommended;
    std::optional<int> way = way_of(row, is_better && !takes_any);
    if (way && takes_any) way = 0;
    if (!way || *way >= best_way) continue;
    best = i;
    best_way = *way;
  }
  return best;
}

/// What makes two devices of one kind.
std::pair<DeviceClass, std::string> kind_of(const DeviceRow& row) {
  const Device& device = *row.device;
  if (device.device_class != DeviceClass::kUnified) return {device.device_class, device.segment};
  return {device.device_class, device.backend + (device.segment == kEdge ? " edge" : "")};
}

bool is_less(const DeviceRow& a, const DeviceRow& b) {
  const auto key = [](const DeviceRow& row) {
    return std::tuple(row.device->memory, row.speed ? row.speed->decode.value : TokenRate(0),
                      std::string_view(row.device->id));
  };
  return key(a) < key(b);
}

}  // namespace

std::vector<const Quantization*> by_size(const Question& question,
                                         const std::vector<const Quantization*>& quantizations) {
  Trials trials;
  std::vector<std::pair<Bytes, const Quantization*>> sized;
  for (const Quantization* quantization : quantizations) {
    const auto bytes = trials.bytes_of(question, *quantization);
    const bool is_new = std::none_of(sized.begin(), sized.end(), [&](const auto& one) { return one.first == bytes; });
    if (bytes && (is_new || quantization == question.quantization)) sized.emplace_back(*bytes, quantization);
  }
  std::stable_sort(sized.begin(), sized.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const Quantization*> sorted;
  for (const auto& [bytes, quantization] : sized) sorted.push_back(quantization);
  return sorted;
}

const Quantization& best_quantization(const Question& question, const std::vector<const Quantization*>& quantizations) {
  Trials trials;
  const auto at = [&](std::int64_t index) { return quantizations[static_cast<std::size_t>(index)]; };
  const auto answer_with = [&](Question asked, std::int64_t index) {
    asked.quantization = at(index);
    return trials.fit_of(asked);
  };
  const std::int64_t count = std::ssize(quantizations);
  const auto whole = first_that(0, count, [&](std::int64_t index) {
    const auto answer = answer_with(all_on_gpus(question), index);
    return answer && is_whole(*answer);
  });
  if (whole) return *at(*whole);
  const bool is_placed = question.request.placing == Placing::kGiven;
  const auto first = is_placed ? 0 : static_cast<std::int64_t>(first_recommended(quantizations));
  const auto partly = first_that(first, count, [&](std::int64_t index) {
    const auto answer = answer_with(question, index);
    return answer && fits(*answer->fit);
  });
  return *at(partly.value_or(count - 1));
}

Plan make_plan(const Question& question, const PlanMeans& means) {
  Plan plan;
  plan.question = question;
  plan.answer = estimate(question);
  plan.min_speed = means.remedies.min_speed;
  if (const auto small = with_small_cache(question, means.remedies.cache_type)) plan.small_cache = small->setting.name;
  Planner planner(question, means);
  std::vector<PlanRow> rows;
  for (const Quantization* quantization : means.remedies.quantizations) {
    if (auto row = planner.row_of(*quantization)) rows.push_back(std::move(*row));
  }
  const std::optional<std::size_t> best = best_of(rows, question, means);
  const Quantization* taken = best ? rows[*best].question.quantization : nullptr;
  if (!best) {
    plan.remedies = remedies_of(question, plan.answer, means.remedies);
  } else if (!is_whole(rows[*best].answer)) {
    Question partly = question;
    partly.quantization = taken;
    plan.remedies = remedies_of(partly, rows[*best].answer, means.remedies);
  }
  plan.rows = frontier(std::move(rows), taken);
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    if (plan.rows[i].question.quantization == taken) plan.best = i;
  }
  return plan;
}

std::vector<DeviceRow> least_devices(const Report& report, const std::optional<TokenRate>& min_speed) {
  std::map<std::pair<DeviceClass, std::string>, DeviceRow> least;
  for (const auto* rows : {&report.gpus, &report.unified, &report.cpus}) {
    for (const DeviceRow& row : *rows) {
      if (row.fit.verdict > Verdict::kRunsWell || !is_quick(row.speed, *row.request, min_speed)) continue;
      const auto [place, is_new] = least.try_emplace(kind_of(row), row);
      if (!is_new && is_less(row, place->second)) place->second = row;
    }
  }
  std::vector<DeviceRow> result;
  for (auto& [kind, row] : least) result.push_back(std::move(row));
  return result;
}

}  // namespace lfmfit
