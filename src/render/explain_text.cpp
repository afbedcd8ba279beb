#include "render/explain_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "render/change_text.hpp"
#include "render/figures.hpp"
#include "render/fit_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kNameWidth = 22;

/// One term: its name and figure, then the formula, then what it rests on.
std::string term_text(const std::string& name, const std::string& figure, const std::string& formula,
                      const std::string& source, const Terminal& terminal) {
  const std::string indent(kNameWidth + 18, ' ');
  std::string text = fmt::format("  {:<{}}{:>14}  {}", printable(name), kNameWidth, figure, printable(formula));
  text = wrapped(text, terminal.width, indent) + "\n";
  if (!source.empty())
    text += styled(wrapped(indent + printable(source), terminal.width, indent), Style::kFaint, terminal) + "\n";
  return text;
}

std::string bytes_of(const MemoryTerm& term) {
  const std::string value = grouped(term.value.count());
  return term.low == term.high ? value : "~" + value;
}

std::string place_text(const MemoryLedger& ledger, int place, const std::string& name, const Terminal& terminal) {
  std::string text;
  for (const MemoryTerm& term : ledger.terms) {
    if (term.place != place || term.high == Bytes(0)) continue;
    std::string source = term.source;
    if (term.low != term.high) source = fmt::format("{} to {}; {}", gb_text(term.low), gb_text(term.high), source);
    const std::string part = name_of(term.part);
    text += term_text(part.empty() ? name_of(term.use) : std::string(name_of(term.use)) + ": " + part, bytes_of(term),
                      term.formula, source, terminal);
  }
  if (text.empty()) return text;
  return fmt::format("\n{}, bytes\n", styled(name, Style::kStrong, terminal)) + text +
         term_text("total", grouped(ledger.total(place).count()), gb_text(ledger.total(place)), "", terminal);
}

std::string improvement_text(const Improvement& improvement) {
  return fmt::format("{} would give {} tok/s (+{:.0f} %)", change_text(improvement.change),
                     rate_text(improvement.value), 100 * improvement.gain);
}

/// The best that another setting and that other hardware would do; improvements come best first.
std::string improvements_text(const std::vector<Improvement>& improvements) {
  std::string text;
  for (const bool hardware : {false, true}) {
    const auto best = std::find_if(improvements.begin(), improvements.end(), [hardware](const Improvement& one) {
      return is_hardware(one.change.kind) == hardware;
    });
    if (best == improvements.end()) continue;
    text += (text.empty() ? "" : "; ") + improvement_text(*best);
  }
  return text.empty() ? "no change that lfmfit can work out gains 2 %" : text;
}

std::string times_text(const SpeedEstimate& speed, const std::string& title, const Terminal& terminal) {
  if (speed.terms.empty()) return "";
  std::string text = fmt::format("\n{}, milliseconds\n", styled(title, Style::kStrong, terminal));
  for (const TimeTerm& term : speed.terms)
    text += term_text(term.name, fmt::format("{:.3f}", term.value.value() * 1e3), term.formula, term.source, terminal);
  text += term_text("total", fmt::format("{:.3f}", speed.time.value() * 1e3),
                    fmt::format("{} tok/s; {}", band_text(speed), speed.basis), "", terminal);
  const auto largest = std::max_element(speed.terms.begin(), speed.terms.end(),
                                        [](const TimeTerm& a, const TimeTerm& b) { return a.value < b.value; });
  const std::string most = fmt::format(
      "  Most of it, {:.0f} %, is {}. Faster: ", 100 * largest->value.value() / speed.time.value(), largest->name);
  return text + wrapped(most + improvements_text(speed.improvements) + ".", terminal.width, "  ") + "\n";
}

}  // namespace

std::string explain_text(const Question& question, const Estimate& estimate, const Terminal& terminal) {
  std::string text = fit_text(question, estimate, terminal);
  const MemoryLedger& ledger = estimate.memory;
  int last = kHost;
  for (const MemoryTerm& term : ledger.terms) last = std::max(last, term.place);
  for (int place = 0; place <= last; ++place)
    text += place_text(ledger, place, last > 0 ? fmt::format("Memory of GPU {}", place) : "Memory", terminal);
  text += place_text(ledger, kHost, "Host memory", terminal);
  if (!estimate.speed) return text;
  const std::string behind = fmt::format("behind {} tokens", grouped(estimate.request.depth.count()));
  text += times_text(estimate.speed->decode, "One token " + behind, terminal);
  if (estimate.speed->prefill)
    text += times_text(*estimate.speed->prefill,
                       fmt::format("A prompt's {} tokens {}", prompt_of(estimate.request).count(), behind), terminal);
  return text;
}

}  // namespace lfmfit::render
