#include "cli/report_screen.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "ask/enough.hpp"
#include "core/base/refusal.hpp"
#include "render/device_row_json.hpp"

namespace lfmfit::cli {

namespace {

std::optional<Fit> fit_of(const Question& question) {
  const auto answer = unless_refused([&] { return estimate(question); });
  return answer ? answer->fit : std::nullopt;
}

render::NamedAnswer named_answer(const Report& report, Question question, Estimate answer) {
  render::NamedAnswer named;
  named.row = render::device_row_of(question, answer);
  question.speed_constants = nullptr;
  for (const QuantizationRow& row : report.quantizations) {
    question.quantization = row.quantization;
    named.fits.push_back(fit_of(question));
    Question full = question;
    full.request.context = report.full_context;
    named.fits_full.push_back(fit_of(full));
  }
  named.answer = std::move(answer);
  return named;
}

Bytes memory_of(const Device& device) { return device.memory * device.gpus; }

/// The row of `rows` with the most memory, which lacks least.
const DeviceRow* largest_of(const std::vector<DeviceRow>& rows, bool cards_only) {
  const DeviceRow* largest = nullptr;
  for (const DeviceRow& row : rows) {
    if (cards_only && row.device->device_class != DeviceClass::kGpu) continue;
    if (largest == nullptr || memory_of(*row.device) > memory_of(*largest->device)) largest = &row;
  }
  return largest;
}

/// What `row` lacks to hold all of the model; unset: nobody knows.
std::optional<render::NearestMiss> miss_of(const Report& report, const DeviceRow& row, ask::Finder& finder) {
  Question whole = report.question;
  whole.device = row.device;
  whole.backend = row.backend;
  whole.request.placing = Placing::kGiven;
  const std::optional<Fit> fit = fit_of(whole);
  if (!fit || fit->headroom >= Bytes(0)) return std::nullopt;
  return render::NearestMiss{row.device, Bytes(0) - fit->headroom,
                             ask::gpus_enough(report.question, *row.device, *row.backend, finder)};
}

}  // namespace

std::vector<render::NamedAnswer> named_answers(const Report& report,
                                               const std::vector<ReportScope::Candidate>& devices) {
  std::vector<render::NamedAnswer> answers;
  for (const ReportScope::Candidate& candidate : devices) {
    if (candidate.backend == nullptr) continue;
    Question question = report.question;
    question.device = candidate.device;
    question.backend = candidate.backend;
    auto answer = unless_refused([&] { return estimate(question); });
    if (answer && answer->fit) answers.push_back(named_answer(report, question, std::move(*answer)));
  }
  return answers;
}

std::vector<render::NearestMiss> nearest_misses(const Report& report, ask::Finder& finder) {
  std::vector<const DeviceRow*> nearest = {largest_of(report.gpus, true)};
  for (const auto* rows : {&report.gpus, &report.unified, &report.cpus}) {
    if (std::any_of(rows->begin(), rows->end(), [](const DeviceRow& row) { return fits(row.fit); })) return {};
    nearest.push_back(largest_of(*rows, false));
  }
  const auto more = [](const DeviceRow* a, const DeviceRow* b) {
    return b == nullptr || (a != nullptr && memory_of(*a->device) >= memory_of(*b->device)) ? a : b;
  };
  const DeviceRow* card = nearest.front();
  const DeviceRow* of_all = std::accumulate(nearest.begin(), nearest.end(), card, more);
  std::vector<render::NearestMiss> misses;
  for (const DeviceRow* row : {of_all, card == of_all ? nullptr : card}) {
    const auto miss = row == nullptr ? std::nullopt : miss_of(report, *row, finder);
    if (miss) misses.push_back(*miss);
  }
  return misses;
}

}  // namespace lfmfit::cli
