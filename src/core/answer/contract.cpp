#include "lfmfit/contract.hpp"

#include <algorithm>
#include <cmath>

namespace lfmfit {

namespace {

constexpr std::array<const char*, kRules> kRuleNames = {"fits",
                                                        "verdict",
                                                        "headroom",
                                                        "max-memory",
                                                        "max-host-memory",
                                                        "max-file",
                                                        "min-context",
                                                        "min-decode",
                                                        "min-decode-each",
                                                        "min-prefill",
                                                        "max-first-token",
                                                        "measured",
                                                        "regression-memory",
                                                        "regression-decode",
                                                        "regression-prefill",
                                                        "regression-first-token",
                                                        "regression-context"};

constexpr std::array<const char*, kCaseStates> kStateNames = {"pass", "warn", "fail", "known", "error", "off"};

/// What is needed of `place` if every figure comes to its lower bound.
Bytes least_at(const MemoryLedger& ledger, int place) {
  if (place != kPool) return ledger.total_low(place);
  Bytes all = ledger.total_low(kHost) - ledger.mapped_twice;
  for (int gpu = 0; gpu < ledger.gpu_count; ++gpu) all += ledger.total_low(gpu);
  return all;
}

/// Whether it fits if every figure comes to its lower bound, and memory that nobody said the size of is there.
bool may_fit(const Fit& fit, const MemoryLedger& ledger) {
  return std::all_of(fit.places.begin(), fit.places.end(), [&](const PlaceFit& place) {
    return !place.usable || least_at(ledger, place.place) <= *place.usable;
  });
}

/// Requests at once.
std::int64_t users_of(const Estimate& estimate) {
  return estimate.vllm ? estimate.vllm->request.max_num_seqs.value_or(1) : estimate.request.parallel;
}

/// Whether `cached` tokens hold as many requests as were asked for; llama.cpp sets the cache of all of them aside.
bool serves(const Question& question, std::int64_t cached) {
  if (!question.vllm || !question.vllm->request.max_num_seqs) return true;
  const auto users = static_cast<double>(*question.vllm->request.max_num_seqs);
  return static_cast<double>(cached) >= users * static_cast<double>(question.request.context.count());
}

/// Looks at one answer, limit by limit.
class Judge {
 public:
  Judge(const Question& question, const Estimate& estimate, SpeedBound bound)
      : question_(question), estimate_(estimate), fit_(*estimate.fit), bound_(bound) {
    least_ = least_at(estimate.memory, fit_.place);
    may_fit_ = may_fit(fit_, estimate.memory);
    fits_ = lfmfit::fits(fit_);
    if (!estimate.vllm) return;
    least_ = fit_.required;
    may_fit_ = estimate.vllm->verdict != VllmVerdict::kRefuses && serves(question, estimate.vllm->kv_cache_tokens);
    fits_ = fits_ && serves(question, estimate.vllm->kv_cache_tokens_low);
  }

  void fits(bool wanted) {
    const bool sure = wanted ? fits_ : !may_fit_;
    const bool possible = wanted ? may_fit_ : !fits_;
    Finding& finding = add(Rule::kFits, memory_outcome(sure, possible), fit_.required, wanted);
    finding.usable = fit_.usable;
  }
  void verdict(Verdict wanted) {
    const bool holds = fit_.verdict <= wanted;
    add(Rule::kVerdict, memory_outcome(holds, holds), fit_.verdict, wanted);
  }
  void headroom(const SizeOrShare& wanted) {
    const Bytes bytes = size_of(wanted, fit_.usable);
    const bool is_sure = fit_.headroom >= bytes && !fit_.host_wanted;
    add(Rule::kHeadroom, memory_outcome(is_sure, fit_.usable - least_ >= bytes), fit_.headroom, bytes);
  }
  void max_memory(Bytes most) {
    Bytes high, low;
    for (const PlaceFit& place : fit_.places) {
      const bool counts = place.place != kHost || estimate_.memory.gpu_count == 0;
      if (!counts || place.required < high) continue;
      high = place.required;
      low = estimate_.vllm ? place.required : least_at(estimate_.memory, place.place);
    }
    add(Rule::kMaxMemory, memory_outcome(high <= most, low <= most), high, most);
  }
  void max_host_memory(Bytes most) {
    const Bytes high = estimate_.memory.total_high(kHost), low = estimate_.memory.total_low(kHost);
    add(Rule::kMaxHostMemory, memory_outcome(high <= most, low <= most), high, most);
  }
  void max_file(Bytes most) {
    const bool holds = estimate_.file_bytes <= most;
    add(Rule::kMaxFile, holds ? Outcome::kHolds : Outcome::kFails, estimate_.file_bytes, most);
  }
  /// The longest context is at least one step, which need not fit.
  void min_context(Tokens least) {
    if (!may_fit_) return add_missing(Rule::kMinContext, least);
    const Tokens each = tokens_of_each(estimate_.request);
    add(Rule::kMinContext, memory_outcome(fits_ && each >= least, each >= least), each, least);
  }
  void min_decode(TokenRate least) {
    at_least(Rule::kMinDecode, estimate_.speed ? &estimate_.speed->decode : nullptr, 1, least);
  }
  void min_decode_each(TokenRate least) {
    const Speed* speed = estimate_.speed ? &*estimate_.speed : nullptr;
    const SpeedEstimate* all = speed == nullptr ? nullptr : speed->throughput ? &*speed->throughput : &speed->decode;
    const std::int64_t users = speed != nullptr && speed->throughput ? users_of(estimate_) : 1;
    at_least(Rule::kMinDecodeEach, all, users, least);
  }
  void min_prefill(TokenRate least) {
    const bool known = estimate_.speed && estimate_.speed->prefill;
    at_least(Rule::kMinPrefill, known ? &*estimate_.speed->prefill : nullptr, 1, least);
  }
  void max_first_token(Seconds most) {
    if (!may_fit_) return add_missing(Rule::kMaxFirstToken, most);
    if (!estimate_.speed || !estimate_.speed->time_to_first_token) return add_unknown(Rule::kMaxFirstToken, most);
    const Seconds found = *estimate_.speed->time_to_first_token;
    add(Rule::kMaxFirstToken, speed_outcome(found <= most, found <= most, estimate_.speed->decode.measured), found,
        most);
  }
  void measured(bool wanted) {
    if (!estimate_.speed) return may_fit_ ? add_unknown(Rule::kMeasured, wanted) : add_missing(Rule::kMeasured, wanted);
    const bool is = estimate_.speed->decode.measured;
    add(Rule::kMeasured, is || !wanted ? Outcome::kHolds : Outcome::kFails, is, wanted);
  }

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  Finding& add(Rule rule, Outcome outcome, const Figure& found, const Figure& limit) {
    return findings_.emplace_back(Finding{rule, outcome, found, limit, {}, bound_});
  }
  /// A speed of what does not fit.
  void add_missing(Rule rule, const Figure& limit) { add(rule, Outcome::kFails, {}, limit); }
  void add_unknown(Rule rule, const Figure& limit) { add(rule, Outcome::kUnknown, {}, limit); }

  static Outcome speed_outcome(bool sure, bool possible, bool measured) {
    if (sure) return measured ? Outcome::kHolds : Outcome::kUnmeasured;
    return possible ? Outcome::kUnsure : Outcome::kFails;
  }
  Outcome memory_outcome(bool sure, bool possible) const {
    return speed_outcome(sure, possible, question_.backend->measured);
  }

  void at_least(Rule rule, const SpeedEstimate* speed, std::int64_t shares, TokenRate least) {
    if (!may_fit_) return add_missing(rule, least);
    if (speed == nullptr) return add_unknown(rule, least);
    const auto share = [&](TokenRate rate) { return rate / static_cast<double>(shares); };
    const bool typical = bound_ == SpeedBound::kTypical;
    const TokenRate found = share(typical ? speed->value : speed->low);
    const bool possible = share(typical ? speed->value : speed->high) >= least;
    add(rule, speed_outcome(found >= least, possible, speed->measured), found, least);
  }

  const Question& question_;
  const Estimate& estimate_;
  const Fit& fit_;
  SpeedBound bound_;
  Bytes least_;
  bool may_fit_ = false, fits_ = false;
  std::vector<Finding> findings_;
};

bool is_held(const Finding& finding) {
  return finding.outcome == Outcome::kHolds || finding.outcome == Outcome::kUnmeasured;
}

CaseState state_when_unsure(WhenUnsure when_unsure) {
  switch (when_unsure) {
    case WhenUnsure::kFail: return CaseState::kFail;
    case WhenUnsure::kWarn: return CaseState::kWarn;
    case WhenUnsure::kPass: break;
  }
  return CaseState::kPass;
}

CaseState state_of_finding(const Finding& finding, std::optional<WhenUnsure> when_unsure) {
  if (finding.outcome == Outcome::kUnknown) return CaseState::kError;
  if (finding.outcome == Outcome::kHolds) return CaseState::kPass;
  if (finding.outcome == Outcome::kFails) return CaseState::kFail;
  if (when_unsure) return state_when_unsure(*when_unsure);
  return is_held(finding) ? CaseState::kPass : CaseState::kFail;
}

}  // namespace

const char* name_of(Rule rule) { return kRuleNames[static_cast<std::size_t>(rule)]; }

const char* name_of(CaseState state) { return kStateNames[static_cast<std::size_t>(state)]; }

const char* name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kHolds: return "holds";
    case Outcome::kUnmeasured: return "unmeasured";
    case Outcome::kUnsure: return "unsure";
    case Outcome::kFails: return "fails";
    case Outcome::kUnknown: break;
  }
  return "unknown";
}

Bytes size_of(const SizeOrShare& size, Bytes usable) {
  if (!size.share) return size.bytes;
  return Bytes(std::llround(static_cast<double>(usable.count()) * *size.share));
}

std::vector<Finding> judge_limits(const Limits& limits, SpeedBound bound, const Question& question,
                                  const Estimate& estimate) {
  Judge judge(question, estimate, bound);
  if (limits.fits) judge.fits(*limits.fits);
  if (limits.verdict) judge.verdict(*limits.verdict);
  if (limits.headroom) judge.headroom(*limits.headroom);
  if (limits.max_memory) judge.max_memory(*limits.max_memory);
  if (limits.max_host_memory) judge.max_host_memory(*limits.max_host_memory);
  if (limits.max_file) judge.max_file(*limits.max_file);
  if (limits.min_context) judge.min_context(*limits.min_context);
  if (limits.min_decode) judge.min_decode(*limits.min_decode);
  if (limits.min_decode_each) judge.min_decode_each(*limits.min_decode_each);
  if (limits.min_prefill) judge.min_prefill(*limits.min_prefill);
  if (limits.max_first_token) judge.max_first_token(*limits.max_first_token);
  if (limits.measured) judge.measured(*limits.measured);
  return judge.take();
}

CaseState state_of(const std::vector<Finding>& findings, Level level, std::optional<WhenUnsure> when_unsure) {
  CaseState worst = CaseState::kPass;
  for (const Finding& finding : findings) worst = std::max(worst, state_of_finding(finding, when_unsure));
  return worst == CaseState::kFail && level == Level::kWarn ? CaseState::kWarn : worst;
}

CaseFigures figures_of(const Question& question, const Estimate& estimate) {
  CaseFigures figures;
  figures.model = question.model->card.id;
  figures.device = question.device->id;
  figures.quantization = question.quantization->name;
  figures.context = tokens_of_each(estimate.request);
  figures.users = users_of(estimate);
  figures.verdict = estimate.fit->verdict;
  figures.required = estimate.fit->required;
  figures.usable = estimate.fit->usable;
  figures.file = estimate.file_bytes;
  if (!estimate.speed || figures.verdict == Verdict::kTooBig) return figures;
  figures.decode = estimate.speed->decode;
  if (estimate.speed->throughput)
    figures.decode_each = estimate.speed->throughput->value / static_cast<double>(figures.users);
  if (estimate.speed->prefill) figures.prefill = estimate.speed->prefill->value;
  figures.first_token = estimate.speed->time_to_first_token;
  return figures;
}

std::array<std::size_t, kCaseStates> count_states(const ContractResult& result) {
  std::array<std::size_t, kCaseStates> counts{};
  for (const CaseResult& each : result.cases) ++counts[static_cast<std::size_t>(each.state)];
  return counts;
}

}  // namespace lfmfit
