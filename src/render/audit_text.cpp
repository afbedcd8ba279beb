#include <fmt/format.h>

#include <cmath>

#include "core/base/number_text.hpp"
#include "render/audit.hpp"
#include "render/figures.hpp"
#include "render/placement_text.hpp"
#include "render/text_table.hpp"

namespace lfmfit::render {

namespace {

constexpr double kClose = 0.01;  // of a term: told apart from what is off by more

std::string mib_text(Bytes bytes) { return fmt::format("{:.2f}", static_cast<double>(bytes.count()) / 1048576.0); }

std::string place_text(int place, const Audit& audit) {
  if (place == kHost) return "host";
  return audit.answer.memory.gpu_count > 1 ? fmt::format("GPU {}", place) : "GPU";
}

std::string difference_text(const AuditTerm& term) {
  if (term.equal) return "=";
  const double measured = static_cast<double>(term.measured.bytes.count()),
               ours = static_cast<double>(term.ours.count());
  return measured > 0 ? fmt::format("{:+.1f} %", (ours / measured - 1) * 100) : "+";
}

Style style_of(const AuditTerm& term) {
  if (term.equal) return Style::kGood;
  const double measured = static_cast<double>(term.measured.bytes.count());
  return std::abs(static_cast<double>(term.ours.count()) - measured) <= kClose * measured ? Style::kFair : Style::kPoor;
}

std::string table_text(const Audit& audit, const Terminal& terminal) {
  TextTable table({{"MiB"}, {"log", Align::kRight}, {"lfmfit", Align::kRight}, {"difference", Align::kRight}});
  for (const AuditTerm& term : audit.terms) {
    table.add({{"  " + place_text(term.measured.place, audit) + " " + name_of(term.measured.use)},
               {mib_text(term.measured.bytes)},
               {mib_text(term.ours)},
               {difference_text(term), style_of(term)}});
  }
  return table.text(terminal);
}

std::string line(const std::string& text, const Terminal& terminal) {
  return wrapped(printable("  " + text), terminal.width, "    ") + "\n";
}

/// Each cause once, with the terms that have it.
std::string causes_text(const Audit& audit, const Terminal& terminal) {
  std::string text;
  for (std::size_t first = 0; first < audit.terms.size(); ++first) {
    const std::string& cause = audit.terms[first].cause;
    std::string names;
    bool is_told = cause.empty();
    for (std::size_t at = 0; at < audit.terms.size() && !is_told; ++at) {
      const AuditTerm& term = audit.terms[at];
      if (term.cause != cause) continue;
      if (at < first) is_told = true;
      names += (names.empty() ? "" : ", ") + place_text(term.measured.place, audit) + " " + name_of(term.measured.use);
    }
    if (!is_told) text += line(names + ": " + cause, terminal);
  }
  return text;
}

/// What vLLM's log says besides bytes.
std::string vllm_text(const Audit& audit, const Terminal& terminal) {
  if (!audit.answer.vllm) return "";
  std::string text;
  const VllmAnswer& ours = *audit.answer.vllm;
  if (audit.measured.cache_tokens)
    text += line(fmt::format("GPU KV cache size: {} tokens in the log, {} by lfmfit",
                             grouped(*audit.measured.cache_tokens), grouped(ours.kv_cache_tokens)),
                 terminal);
  if (audit.measured.concurrency)
    text += line(fmt::format("maximum concurrency: {:.2f}x in the log, {:.2f}x by lfmfit", *audit.measured.concurrency,
                             ours.maximum_concurrency),
                 terminal);
  for (const AuditTerm& term : audit.terms) {
    if (term.equal || (term.measured.bytes >= term.low && term.measured.bytes <= term.high)) continue;
    text += line(fmt::format("{}: outside of lfmfit's band of {} to {} MiB", name_of(term.measured.use),
                             mib_text(term.low), mib_text(term.high)),
                 terminal);
  }
  return text;
}

std::string failure_text(const Audit& audit, const Terminal& terminal) {
  if (!audit.failure) return "";
  const OutOfMemory& failure = *audit.failure;
  std::string text = "out of memory";
  if (failure.place) text += " on " + place_text(*failure.place, audit);
  if (failure.asked) text += fmt::format(": {} MiB were asked for", mib_text(*failure.asked));
  if (failure.use) text += fmt::format("{} {}", failure.asked ? "," : ":", name_of(*failure.use));
  if (failure.there)
    text += fmt::format("; {} MiB were free {}", mib_text(*failure.there), failure.left ? "then" : "when it started");
  text += ".";
  if (audit.answer.fit)
    text += fmt::format(" lfmfit says {}: at most {} of {} usable.", name_of(audit.answer.fit->verdict),
                        gb_text(audit.answer.fit->required), gb_text(audit.answer.fit->usable));
  return line(text, terminal);
}

}  // namespace

std::string audit_text(const Audit& audit, const Terminal& terminal) {
  const Question& question = audit.question;
  const std::string device = question.device != nullptr ? ", " + question.device->name : "";
  std::string text =
      wrapped(printable(fmt::format("{}: {}, {} {} on {}{}, {}", audit.log, audit.program, question.model->card.name,
                                    question.quantization->name, question.backend->label, device,
                                    context_text(audit.answer.request))),
              terminal.width, "  ") +
      "\n";
  if (!audit.terms.empty()) text += table_text(audit, terminal);
  const std::string release = law_of(question).release(question);
  if (!audit.terms.empty() && !audit.answer.vllm) text += line("lfmfit's figures are those of " + release, terminal);
  text += causes_text(audit, terminal) + vllm_text(audit, terminal) + failure_text(audit, terminal);
  for (const std::string& note : audit.notes) text += line("note: " + note, terminal);
  for (const std::string& warning : audit.answer.warnings) text += line("note: " + warning, terminal);
  return text;
}

}  // namespace lfmfit::render
