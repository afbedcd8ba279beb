#include "render/notes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "render/figures.hpp"

namespace lfmfit::render {

namespace {

constexpr std::size_t kMostReasons = 3;

std::string spread_text(const ByteRange& range) {
  return fmt::format("{} ({} to {})", gb_text(range.value), in_gb_text(range.low), in_gb_text(range.high));
}

std::string desktop_note(const Question& question, const Estimate& estimate) {
  const bool thought_of = question.available || question.reserve > Bytes(0);
  const bool asks_card = question.device != nullptr && question.device->desktop && !question.backend->is_cpu;
  if (thought_of || !asks_card || estimate.fit->verdict == Verdict::kTooBig) return "";
  return fmt::format("On a card with a screen {}; --reserve leaves that free.", desktop_text(*question.device));
}

std::string limited_pools_note(const Report::LimitedPools& pools) {
  if (pools.machines == 0) return "";
  std::string text =
      fmt::format("On {} unified-memory device{} the model would fit the memory but not the part that the GPU may use",
                  pools.machines, pools.machines == 1 ? "" : "s");
  const std::size_t told = std::min(pools.reasons.size(), kMostReasons);
  for (std::size_t i = 0; i < told; ++i) text += (i == 0 ? " (" : " / ") + pools.reasons[i];
  if (told > 0) text += told < pools.reasons.size() ? "; others alike)" : ")";
  if (pools.raisable == 0) return text + ".";
  return text +
         fmt::format(". {} would make it fit on {}: `lfmfit check --on DEVICE` says to what, and what that leaves.",
                     fmt::join(pools.settings, " or "),
                     pools.raisable == pools.machines ? (pools.machines == 1 ? "it" : "all of them")
                                                      : fmt::format("{} of them", pools.raisable));
}

std::vector<std::string> without_empty(std::vector<std::string> texts) {
  std::erase(texts, std::string());
  return texts;
}

}  // namespace

std::string desktop_text(const Device& device) {
  if (!device.desktop) return "";
  std::string text = fmt::format("a desktop usually takes {} of it", spread_text(device.desktop->on_linux));
  if (device.desktop->on_windows)
    text += fmt::format(", and Windows with one {} of the whole memory", spread_text(*device.desktop->on_windows));
  return text;
}

std::string raised_text(const std::string& how, Bytes usable, Bytes leaves) {
  return fmt::format("{}: {} for the GPU, which leaves {} to the system", how, gb_text(usable), gb_text(leaves));
}

std::string raised_note(const Estimate& estimate) {
  if (!estimate.fit || !estimate.fit->raised) return "";
  const RaisedLimit& raised = *estimate.fit->raised;
  const std::string verdict = name_of(raised.verdict);
  return fmt::format("The GPU may have more of this memory: {}; then it {}{}.",
                     raised_text(raised.how, raised.usable, raised.leaves), verdict.starts_with("runs") ? "" : "is ",
                     verdict);
}

std::vector<std::string> notes_about(const Question& question, const Estimate& estimate) {
  std::vector<std::string> notes = estimate.notes;
  if (!estimate.fit) return notes;
  notes.push_back(desktop_note(question, estimate));
  notes.push_back(raised_note(estimate));
  return without_empty(std::move(notes));
}

std::vector<std::string> notes_about(const Report& report) {
  std::vector<std::string> notes = report.estimate.notes;
  notes.push_back(limited_pools_note(report.limited_pools));
  return without_empty(std::move(notes));
}

}  // namespace lfmfit::render
