#include "lfmfit/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace lfmfit {

namespace {

constexpr double kNear = 0.001;  // of a size: files of one recipe differ by less

bool is_near(double a, double b) { return std::abs(a - b) <= kNear * std::max(std::abs(a), std::abs(b)); }

double in_mib(Bytes bytes) { return static_cast<double>(bytes.count()) / 1048576.0; }

double as_number(Bytes bytes) { return static_cast<double>(bytes.count()); }

Bytes measured_sum(const Measured& measured, MemoryUse use) {
  Bytes sum;
  for (const MeasuredTerm& term : measured.terms) {
    if (term.use == use) sum += term.bytes;
  }
  return sum;
}

/// Why the terms of an answer differ from a log's.
class Causes {
 public:
  Causes(const Measured& measured, const Question& question, const Estimate& answer)
      : measured_(measured), question_(question), answer_(answer) {}

  std::string of(const AuditTerm& term) const {
    switch (term.measured.use) {
      case MemoryUse::kWeights: return of_weights(term);
      case MemoryUse::kKvCache: return of_cache(term);
      case MemoryUse::kState: return of_states(term);
      case MemoryUse::kCompute: return of_compute(term);
      default: return "";
    }
  }

 private:
  bool several_gpus() const { return answer_.memory.gpu_count > 1; }

  Bytes our_sum(MemoryUse use) const {
    Bytes sum = answer_.memory.sum(use, kHost);
    for (int gpu = 0; gpu < answer_.memory.gpu_count; ++gpu) sum += answer_.memory.sum(use, gpu);
    return sum;
  }

  std::string of_weights(const AuditTerm& term) const {
    const Bytes ours = answer_.tensor_bytes;
    if (measured_.tensor_bytes && !is_near(as_number(*measured_.tensor_bytes), as_number(ours))) {
      return fmt::format(
          "the file holds {:.2f} MiB of tensors and {} was counted as {:.2f}: a publisher's own mix; with "
          "the file itself as --model it is exact",
          in_mib(*measured_.tensor_bytes), question_.quantization->name, in_mib(ours));
    }
    if (is_near(as_number(measured_sum(measured_, MemoryUse::kWeights)), as_number(our_sum(MemoryUse::kWeights)))) {
      return several_gpus() ? "the layers were split otherwise: by the memory that was free when it started"
                            : "other layers or experts lie on the GPU: say which with -ngl, -ncmoe or -ot";
    }
    if (term.measured.place == kHost && answer_.request.mmap)
      return "a mapped file counts from its first to its last tensor in host memory, what lies between included";
    return "layers or tensors lie elsewhere, or the file is another mix";
  }

  std::string of_cache(const AuditTerm& term) const {
    const double ratio = as_number(term.measured.bytes) / std::max(1.0, as_number(term.ours));
    if (is_near(as_number(measured_sum(measured_, MemoryUse::kKvCache)), as_number(our_sum(MemoryUse::kKvCache))))
      return "layers lie elsewhere: the cache of all is as counted";
    if (term.ours > Bytes(0) && ratio > 1.5 && is_near(ratio, std::round(ratio)))
      return fmt::format("{:.0f} times as much: another type of cache, or as many times the tokens", ratio);
    return "another context, type of cache or number of layers";
  }

  std::string of_states(const AuditTerm& term) const {
    const double ratio = as_number(term.measured.bytes) / std::max(1.0, as_number(term.ours));
    if (term.ours > Bytes(0) && ratio > 1.5 && is_near(ratio, std::round(ratio))) {
      return fmt::format(
          "{0:.0f} states for each one counted: {1:.0f} tokens drafted ahead (--spec-type draft-mtp "
          "--draft-max {1:.0f}), or {0:.0f} times the slots",
          ratio, std::round(ratio) - 1);
    }
    return "another number of slots";
  }

  std::string of_compute(const AuditTerm& term) const {
    if (measured_.own_engine)
      return "Ollama's own engine, whose graphs lfmfit does not know; its llama-server's it does";
    if (measured_.is_old) return "an older build than the first whose graphs are known";
    const double step = 4.0 * static_cast<double>(question_.model->n_embd * answer_.memory.scene.ubatch);
    const double steps = (as_number(term.measured.bytes) - as_number(term.ours)) / step;
    if (std::abs(steps) > 0.5 && std::abs(steps) < 9 && std::abs(steps - std::round(steps)) < 0.01)
      return fmt::format("{:.0f} inputs of a micro-batch {}: another release (--runtime llama.cpp@0.5 to 0.7)",
                         std::abs(std::round(steps)), steps > 0 ? "more" : "less");
    return "another build's graphs, or options the log does not tell (-ub, -fa, -ot)";
  }

  const Measured& measured_;
  const Question& question_;
  const Estimate& answer_;
};

}  // namespace

std::vector<AuditTerm> audit_terms(const Measured& measured, const Question& question, const Estimate& answer) {
  const Causes causes(measured, question, answer);
  std::vector<AuditTerm> terms;
  for (const MeasuredTerm& one : measured.terms) {
    AuditTerm term{one, Bytes(0), Bytes(0), Bytes(0), true, ""};
    for (const MemoryTerm& ours : answer.memory.terms) {
      if (ours.use != one.use || ours.place != one.place) continue;
      term.ours += ours.value;
      term.low += ours.low;
      term.high += ours.high;
    }
    const std::int64_t off = std::abs(one.bytes.count() - term.ours.count());
    term.equal = off <= measured.grain.count() * one.buffers;
    if (!term.equal && !answer.vllm) term.cause = causes.of(term);
    terms.push_back(std::move(term));
  }
  return terms;
}

std::int64_t states_a_state(const std::vector<AuditTerm>& terms) {
  Bytes measured, ours;
  for (const AuditTerm& term : terms) {
    if (term.measured.use != MemoryUse::kState) continue;
    measured += term.measured.bytes;
    ours += term.ours;
  }
  if (ours <= Bytes(0)) return 1;
  const double ratio = as_number(measured) / as_number(ours);
  return ratio > 1.5 && ratio < 1000 && is_near(ratio, std::round(ratio)) ? std::llround(ratio) : 1;
}

Bytes compute_distance(const std::vector<AuditTerm>& terms) {
  Bytes distance;
  for (const AuditTerm& term : terms) {
    if (term.measured.use == MemoryUse::kCompute && !term.equal)
      distance += Bytes(std::abs(term.measured.bytes.count() - term.ours.count()));
  }
  return distance;
}

}  // namespace lfmfit
