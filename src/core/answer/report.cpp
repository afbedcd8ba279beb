#include "lfmfit/report.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "core/base/number_text.hpp"
#include "core/base/refusal.hpp"
#include "core/llamacpp/compute_plans.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/report_warnings.hpp"
#include "lfmfit/rule_of_thumb.hpp"

namespace lfmfit {

namespace {

TokenRate decode_rate(const DeviceRow& row) { return row.speed ? row.speed->decode.value : TokenRate(0); }

/// Of vLLM, which fills what there is, the least that it starts with.
Bytes needed(const Estimate& answer) {
  return answer.vllm ? answer.vllm->needed : answer.memory.total(answer.memory.tightest_place());
}

QuantizationRow quantization_row(const Question& question, const Quantization& quantization, Tokens full_context) {
  Question here = question;
  here.quantization = &quantization;
  here.speed_constants = nullptr;
  here.request.placing = Placing::kGiven;
  const std::vector<Tensor> stored = stored_tensors(here);
  const Estimate asked = estimate(here, stored);
  QuantizationRow row;
  row.quantization = &quantization;
  row.bits_per_weight = asked.bits_per_weight;
  row.file_bytes = asked.file_bytes;
  row.total = needed(asked);
  row.total_full_context = row.total;
  if (here.request.context != full_context) {
    here.request.context = full_context;
    row.total_full_context = needed(estimate(here, stored));
  }
  if (const Tokens headline = law_of(here).headline_context; headline > Tokens(0)) {
    here.request.context = headline;
    row.total_headline = needed(estimate(here, stored));
  }
  return row;
}

/// The rows of the table; quantizations that cannot be answered for this model or method are left out.
std::vector<QuantizationRow> quantization_rows(const Question& question,
                                               const std::vector<const Quantization*>& quantizations,
                                               Tokens full_context) {
  std::vector<QuantizationRow> rows;
  for (const Quantization* quantization : quantizations) {
    const auto row = [&] { return quantization_row(question, *quantization, full_context); };
    if (quantization == question.quantization) {
      rows.push_back(row());
    } else if (auto other = unless_refused(row)) {
      rows.push_back(*other);
    }
  }
  return rows;
}

/// `request` is that of another row, which often is the same.
DeviceRow row_of(const Device& device, const Backend& backend, Judged answer, SharedValue<Request>& request) {
  if (!request || *request != answer.request) request = std::move(answer.request);
  return {&device, &backend, std::move(answer.fit), std::move(answer.speed), request, answer.expert_layers_on_host};
}

/// What shows how much of a server is needed, if everything fits one of its GPUs many times over: then it fits several
/// that share it by layers. None of them takes more weights and caches than one that takes all, nor more of compute than
/// that and llama.cpp's four copies of what comes in. Unset: that cannot be said.
std::optional<Judged> judged_by_one_gpu(const Device& device, const Backend& backend, Question& asked,
                                        Answers& answers) {
  constexpr std::int64_t kTimes = 5;
  Request& request = asked.request;
  const bool shares_by_layers = request.gpu_count == kAllGpus && request.split_mode == SplitMode::kLayer &&
                                request.tensor_split.empty() && law_of(asked).answer == nullptr;
  if (device.gpus < 2 || !device.parts.empty() || !shares_by_layers) return std::nullopt;
  request.gpu_count = 1;
  std::optional<Judged> judged = unless_refused([&] { return answers.judged_on(device, backend); });
  request.gpu_count = kAllGpus;
  const auto holds_often = [](const PlaceFit& place) {
    return place.required * kTimes <= place.usable.value_or(kUsualHostMemory);
  };
  if (!judged || !std::all_of(judged->fit.places.begin(), judged->fit.places.end(), holds_often)) return std::nullopt;
  return judged;
}

std::string listed(const std::set<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list.append(list.empty() ? "" : ", ").append(word);
  return list;
}

std::vector<DeviceRow>& list_of(Report& report, DeviceClass device_class) {
  switch (device_class) {
    case DeviceClass::kUnified: return report.unified;
    case DeviceClass::kCpu: return report.cpus;
    case DeviceClass::kGpu:
    case DeviceClass::kServer: break;
  }
  return report.gpus;
}

void add_devices(Report& report, const Question& question, const std::vector<ReportScope::Candidate>& candidates,
                 const std::vector<Tensor>& stored) {
  Question asked = question;
  Answers answers(asked, stored);
  std::map<std::vector<DeviceRow>*, std::size_t> counts;
  std::set<const Backend*> refusing;  // a backend that refuses this model does so on every device
  std::set<std::string> refused;
  std::size_t left_out = 0;
  SharedValue<Request> request;
  for (const ReportScope::Candidate& candidate : candidates) counts[&list_of(report, candidate.device->device_class)]++;
  for (const auto& [rows, count] : counts) rows->reserve(count);
  for (const ReportScope::Candidate& candidate : candidates) {
    const Device* device = candidate.device;
    const Backend* backend = candidate.backend;
    asked.speed_constants = candidate.speed ? question.speed_constants : nullptr;
    const bool may_answer = backend != nullptr && refusing.count(backend) == 0;
    auto answer = may_answer && !candidate.speed ? judged_by_one_gpu(*device, *backend, asked, answers) : std::nullopt;
    if (may_answer && !answer) answer = unless_refused([&] { return answers.judged_on(*device, *backend); });
    if (answer) {
      list_of(report, device->device_class).push_back(row_of(*device, *backend, std::move(*answer), request));
      continue;
    }
    refusing.insert(backend);
    refused.insert(backend != nullptr ? backend->label : device->backend);
    ++left_out;
  }
  for (auto* rows : {&report.gpus, &report.unified, &report.cpus}) sort_rows(*rows, DeviceOrder::kRank);
  if (left_out == 0) return;
  const bool is_usual = &law_of(question) == laws().front();
  report.warnings.push_back(std::to_string(left_out) + (left_out == 1 ? " device is" : " devices are") + " left out: " +
                            (is_usual ? "lfmfit cannot answer for this model on " + listed(refused) + " yet."
                                      : law_of(question).name + (" is not worked out on " + listed(refused)) + "."));
}

void note_limited_pools(Report& report) {
  std::set<std::string> reasons, settings;
  for (const DeviceRow& row : report.unified) {
    if (row.fit.verdict != Verdict::kTooBig || row.fit.required > row.device->memory) continue;
    ++report.limited_pools.machines;
    if (!row.device->usable_note.empty()) reasons.insert(row.device->usable_note);
    if (!row.fit.raised) continue;
    ++report.limited_pools.raisable;
    settings.insert(row.fit.raised->setting);
  }
  report.limited_pools.reasons.assign(reasons.begin(), reasons.end());
  report.limited_pools.settings.assign(settings.begin(), settings.end());
}

/// What sites say, where they count a cache in layers that keep none and that shows. Unset where the rule says nothing.
std::optional<Bytes> calculators_say(const Report& report) {
  const Question& question = report.question;
  if (question.vllm || question.mlx || report.attention_layers == static_cast<int>(question.model->blocks.size()))
    return std::nullopt;
  const auto said = unless_refused(
      [&] { return rule_of_thumb_memory(*question.model, *question.quantization, question.request.context).total(0); });
  return said && *said > needed(report.estimate) ? said : std::nullopt;
}

/// What a plain llama-server would take, where that is not what was asked for.
std::optional<MemoryLedger> as_server(const Question& question, const Request& asked,
                                      const std::vector<Tensor>& stored) {
  if (&law_of(question) != laws().front() || !question.model->has_output) return std::nullopt;
  Question server = question;
  server.request = like_server(asked, *question.model);
  const bool is_asked = server.request.parallel == asked.parallel && server.request.kv_unified == asked.kv_unified &&
                        server.request.context == asked.context;
  if (is_asked) return std::nullopt;
  return unless_refused([&] { return law_of(server).memory(server, stored); });
}

/// What `order` compares, highest first; not for names.
double sort_key(const DeviceRow& row, DeviceOrder order) {
  switch (order) {
    case DeviceOrder::kDecode: return decode_rate(row).value();
    case DeviceOrder::kPrefill: return row.speed && row.speed->prefill ? row.speed->prefill->value.value() : 0;
    case DeviceOrder::kMemory: return in_gb(row.fit.usable);
    case DeviceOrder::kHeadroom: return in_gb(row.fit.headroom);
    case DeviceOrder::kBandwidth: return row.device->bandwidth.value();
    case DeviceOrder::kYear: return row.device->year;
    case DeviceOrder::kRank:
    case DeviceOrder::kName: break;
  }
  return 0;
}

/// Puts each row into the place that `order` has for it. Rows are large: each is moved once.
void permute(std::vector<DeviceRow>& rows, std::vector<std::size_t> order) {
  for (std::size_t start = 0; start < order.size(); ++start) {
    if (order[start] == start) continue;
    DeviceRow first = std::move(rows[start]);
    std::size_t hole = start;
    while (order[hole] != start) {
      const std::size_t from = order[hole];
      rows[hole] = std::move(rows[from]);
      order[hole] = hole;
      hole = from;
    }
    rows[hole] = std::move(first);
    order[hole] = hole;
  }
}

void sort_by_rank(std::vector<DeviceRow>& rows) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return ranks_before(rows[a], rows[b]); });
  permute(rows, std::move(order));
}

}  // namespace

std::string unmeasured_memory_warning(const Report& report) {
  std::set<std::string> labels;
  if (!law_of(report.question).tells_driver_share) return {};
  for (const auto* rows : {&report.gpus, &report.unified, &report.cpus}) {
    for (const DeviceRow& row : *rows) {
      if (!row.backend->measured) labels.insert(row.backend->label);
    }
  }
  if (labels.empty()) return {};
  return "Memory on " + listed(labels) +
         " follows the same rules as on the measured backends but was not checked there.";
}

VerdictCounts count_verdicts(const std::vector<DeviceRow>& rows) {
  VerdictCounts counts{};
  for (const DeviceRow& row : rows) ++counts[static_cast<std::size_t>(row.fit.verdict)];
  return counts;
}

bool ranks_before(const DeviceRow& a, const DeviceRow& b) {
  if (a.fit.verdict != b.fit.verdict) return a.fit.verdict < b.fit.verdict;
  if (decode_rate(a) != decode_rate(b)) return decode_rate(a) > decode_rate(b);
  return a.device->id < b.device->id;
}

void sort_rows(std::vector<DeviceRow>& rows, DeviceOrder order) {
  sort_by_rank(rows);
  if (order == DeviceOrder::kRank) return;
  const auto before = [order](const DeviceRow& a, const DeviceRow& b) {
    if (order == DeviceOrder::kName) return a.device->name < b.device->name;
    return sort_key(a, order) > sort_key(b, order);
  };
  std::stable_sort(rows.begin(), rows.end(), before);
}

Report make_report(const Question& asked, const ReportScope& scope) {
  require_complete(asked);
  const Question question = with_plans(asked);
  const std::vector<Tensor> stored = stored_tensors(question);
  Report report;
  report.parameters = parameter_count(*question.model);
  report.active_parameters = active_parameter_count(*question.model);
  report.attention_layers = attention_layer_count(*question.model);
  report.layers = describe_layers(*question.model);
  report.full_context = question.model->context_limit;
  report.estimate = estimate(question, stored);

  Question& settled = report.question = question;
  settled.request.context = report.estimate.request.context;
  settled.longest_context = false;
  report.warnings = report.estimate.warnings;
  report.calculators_say = calculators_say(report);
  if (scope.server) report.as_server = as_server(settled, report.estimate.request, stored);
  report.quantizations = quantization_rows(settled, scope.quantizations, report.full_context);
  add_devices(report, settled, scope.devices, stored);
  note_limited_pools(report);
  if (std::string warning = unmeasured_memory_warning(report); !warning.empty())
    report.warnings.push_back(std::move(warning));
  return report;
}

}  // namespace lfmfit
