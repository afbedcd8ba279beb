#include <fmt/format.h>

#include <algorithm>

#include "render/contract.hpp"

namespace lfmfit::render {

namespace {

constexpr int kWidestId = 46;
constexpr int kStateWidth = 7;

Style style_of(CaseState state) {
  switch (state) {
    case CaseState::kPass: return Style::kGood;
    case CaseState::kWarn:
    case CaseState::kKnown: return Style::kPoor;
    case CaseState::kFail:
    case CaseState::kError: return Style::kBad;
    case CaseState::kOff: break;
  }
  return Style::kFaint;
}

std::string padded(const std::string& text, int width) {
  return text + std::string(static_cast<std::size_t>(std::max(width - width_of(text), 0)), ' ');
}

std::string case_line(const CaseResult& result, int id_width, const Terminal& terminal) {
  const std::string state = padded(lfmfit::name_of(result.state), kStateWidth);
  const std::string id = padded(printable(result.asked->id), id_width);
  std::string findings = findings_text(result);
  if (is_told(result) && !result.asked->reason.empty()) findings += "; " + result.asked->reason;
  std::string line = wrapped(id + " " + printable(findings), terminal.width - kStateWidth,
                             std::string(static_cast<std::size_t>(kStateWidth), ' '), " ");
  return styled(state, style_of(result.state), terminal) + line + "\n";
}

}  // namespace

std::string contract_text(const ContractResults& results, const Terminal& terminal, bool quiet) {
  std::string text;
  for (const ContractResult& result : results) {
    const Contract& contract = *result.contract;
    if (results.size() > 1)
      text += styled(printable(contract.name.empty() ? contract.path : contract.name), Style::kStrong, terminal) + "\n";
    int id_width = 0;
    for (const CaseResult& each : result.cases) id_width = std::max(id_width, width_of(each.asked->id));
    for (const CaseResult& each : result.cases) {
      if (!quiet || is_told(each)) text += case_line(each, std::min(id_width, kWidestId), terminal);
    }
    for (const std::string& note : result.notes) text += "note: " + printable(note) + "\n";
  }
  return text + states_text(results) + "\n";
}

}  // namespace lfmfit::render
