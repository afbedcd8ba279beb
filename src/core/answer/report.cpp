#include "lfmfit/report.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/base/number_text.hpp"
#include "core/base/refusal.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/rule_of_thumb.hpp"

namespace lfmfit {

namespace {

TokenRate decode_rate(const DeviceRow& row) { return row.speed ? row.speed->decode.value : TokenRate(0); }

Bytes needed(const MemoryLedger& ledger) { return ledger.total(ledger.tightest_place()); }

QuantizationRow quantization_row(const Question& question, const Quantization& quantization, Tokens full_context) {
  Question here = question;
  here.quantization = &quantization;
  here.speed_constants = nullptr;
  const std::vector<Tensor> stored = stored_tensors(here);
  const Estimate asked = estimate(here, stored);
  QuantizationRow row;
  row.quantization = &quantization;
  row.bits_per_weight = asked.bits_per_weight;
  row.file_bytes = asked.file_bytes;
  row.total = needed(asked.memory);
  row.total_full_context = row.total;
  if (here.request.context != full_context) {
    here.request.context = full_context;
    row.total_full_context = needed(estimate(here, stored).memory);
  }
  if (const Tokens headline = law_of(here).headline_context; headline > Tokens(0)) {
    here.request.context = headline;
    row.total_headline = needed(estimate(here, stored).memory);
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

/// Answers for devices. Memory is worked out once per backend, the workload once for GPUs and once for CPUs.
class DeviceAnswers {
 public:
  DeviceAnswers(const Question& question, std::vector<Tensor> stored)
      : question_(question), stored_(std::move(stored)) {}

  /// Nothing where the backend cannot be answered for. What does not fit has no speed.
  std::optional<DeviceRow> row(const Device& device, const Backend& backend) {
    Question here = question_;
    here.device = &device;
    here.backend = &backend;
    const std::optional<MemoryLedger>& memory = ledger(here);
    if (!memory) return std::nullopt;
    const Bytes usable = question_.available.value_or(device.usable);
    return DeviceRow{&device, &backend, judge(*memory, usable),
                     speed_on(device, here, workload(here), *memory, usable)};
  }

 private:
  const std::optional<MemoryLedger>& ledger(const Question& question) {
    const auto [place, is_new] = ledgers_.try_emplace({question.backend, question.device->generation});
    if (is_new) place->second = of_generation(question, of_backend(question));
    return place->second;
  }

  /// Generations of a backend differ in the driver's share only.
  static std::optional<MemoryLedger> of_generation(const Question& question, std::optional<MemoryLedger> ledger) {
    const bool has_driver = law_of(question).tells_driver_share && !question.driver_share;
    if (!ledger || !has_driver) return ledger;
    return unless_refused([&] {
      set_driver_share(*ledger, *question.backend, question.device->generation);
      return *ledger;
    });
  }

  const std::optional<MemoryLedger>& of_backend(const Question& question) {
    const auto [place, is_new] = of_backends_.try_emplace(question.backend);
    if (is_new) {
      Question here = question;
      here.speed_constants = nullptr;
      place->second = unless_refused([&] { return estimate(here, stored_).memory; });
    }
    return place->second;
  }

  /// The same for all GPUs; a CPU reads what a GPU leaves in host memory too.
  const std::optional<Workload>& workload(const Question& question) {
    const auto [place, is_new] = workloads_.try_emplace(question.backend->is_cpu);
    if (is_new) place->second = workload_of(question, stored_);
    return place->second;
  }

  const Question& question_;
  std::vector<Tensor> stored_;
  std::map<const Backend*, std::optional<MemoryLedger>> of_backends_;
  std::map<std::pair<const Backend*, std::string>, std::optional<MemoryLedger>> ledgers_;
  std::map<bool, std::optional<Workload>> workloads_;
};

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
  DeviceAnswers answers(question, stored);
  std::set<std::string> refused;
  std::size_t left_out = 0;
  for (const auto& [device, backend] : candidates) {
    if (auto row = backend != nullptr ? answers.row(*device, *backend) : std::nullopt) {
      list_of(report, device->device_class).push_back(std::move(*row));
    } else {
      refused.insert(backend != nullptr ? backend->label : device->backend);
      ++left_out;
    }
  }
  for (auto* rows : {&report.gpus, &report.unified, &report.cpus}) sort_rows(*rows, DeviceOrder::kRank);
  if (left_out == 0) return;
  report.warnings.push_back(std::to_string(left_out) + (left_out == 1 ? " device is" : " devices are") +
                            " left out: lfmfit cannot answer for this model on " + listed(refused) + " yet.");
}

void warn_about_context(Report& report) {
  const Request& request = report.question.request;
  const Model& model = *report.question.model;
  const Tokens each = tokens_of_each(request);
  if (each > model.context_limit) {
    report.warnings.push_back("A context of " + grouped(each.count()) +
                              " tokens is more than this model can use: its configuration ends at " +
                              grouped(model.context_limit.count()) + ".");
  } else if (each > model.context_train) {
    report.warnings.push_back("Its publisher states a context of " + grouped(model.context_train.count()) +
                              " tokens; up to " + grouped(model.context_limit.count()) +
                              " the configuration allows it, but quality may suffer.");
  }
}

/// Machines whose memory would do, but whose system gives less of it to the GPU.
void warn_about_unified_memory(Report& report) {
  std::set<std::string> notes;
  std::size_t machines = 0;
  for (const DeviceRow& row : report.unified) {
    if (row.fit.verdict != Verdict::kTooBig || row.fit.required > row.device->memory) continue;
    notes.insert(row.device->usable_note);
    ++machines;
  }
  if (machines == 0) return;
  const std::string why =
      notes.size() == 1 ? *notes.begin() : "`lfmfit list devices NAME` says why, and what changes that";
  report.warnings.push_back(
      "On " + std::to_string(machines) +
      " unified-memory devices the model would fit the memory but not the part that the GPU may use (" + why + ").");
}

void warn_about_unmeasured_backends(Report& report) {
  std::set<std::string> labels;
  for (const auto* rows : {&report.gpus, &report.unified, &report.cpus}) {
    for (const DeviceRow& row : *rows) {
      if (!row.backend->measured) labels.insert(row.backend->label);
    }
  }
  if (labels.empty()) return;
  report.warnings.push_back("Memory on " + listed(labels) +
                            " follows the same rules as on the measured backends but was not checked there.");
}

/// What sites say, where they count a cache in layers that keep none and that shows. Unset where the rule says nothing.
std::optional<Bytes> calculators_say(const Report& report) {
  const Question& question = report.question;
  if (report.attention_layers == static_cast<int>(question.model->blocks.size())) return std::nullopt;
  const auto said = unless_refused(
      [&] { return rule_of_thumb_memory(*question.model, *question.quantization, question.request.context).total(0); });
  return said && *said > needed(report.estimate.memory) ? said : std::nullopt;
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

}  // namespace

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
  std::sort(rows.begin(), rows.end(), ranks_before);
  if (order == DeviceOrder::kRank) return;
  const auto before = [order](const DeviceRow& a, const DeviceRow& b) {
    if (order == DeviceOrder::kName) return a.device->name < b.device->name;
    return sort_key(a, order) > sort_key(b, order);
  };
  std::stable_sort(rows.begin(), rows.end(), before);
}

Report make_report(const Question& question, const ReportScope& scope) {
  require_complete(question);
  const std::vector<Tensor> stored = stored_tensors(question);
  Report report;
  report.parameters = parameter_count(*question.model);
  report.active_parameters = active_parameter_count(*question.model);
  report.attention_layers = attention_layer_count(*question.model);
  report.layers = describe_layers(*question.model);
  report.full_context = question.model->context_limit;
  report.estimate = estimate(question, stored);

  Question& settled = report.question = question;
  settled.request = report.estimate.request;
  settled.longest_context = false;
  report.calculators_say = calculators_say(report);
  report.quantizations = quantization_rows(settled, scope.quantizations, report.full_context);
  warn_about_context(report);
  add_devices(report, settled, scope.devices, stored);
  warn_about_unified_memory(report);
  if (law_of(settled).tells_driver_share) warn_about_unmeasured_backends(report);
  return report;
}

}  // namespace lfmfit
