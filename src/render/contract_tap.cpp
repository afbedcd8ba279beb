#include <fmt/format.h>

#include "render/contract.hpp"

namespace lfmfit::render {

namespace {

/// `text` where '#' would begin a directive.
std::string description(const std::string& text) {
  std::string result;
  for (const char c : printable(text)) result += c == '#' ? "\\#" : std::string(1, c);
  return result;
}

/// A text in YAML, which takes those of JSON.
std::string quoted(const std::string& text) {
  return Json(printable(text)).dump(-1, ' ', true, Json::error_handler_t::replace);
}

const char* directive(CaseState state) {
  switch (state) {
    case CaseState::kWarn: return " # TODO a warning only";
    case CaseState::kKnown: return " # TODO did not hold in the baseline either";
    case CaseState::kOff: return " # SKIP its level is off";
    case CaseState::kPass:
    case CaseState::kFail:
    case CaseState::kError: break;
  }
  return "";
}

}  // namespace

std::string contract_tap(const ContractResults& results) {
  std::size_t number = 0;
  std::string lines;
  for (const ContractResult& result : results) {
    for (const CaseResult& each : result.cases) {
      lines += fmt::format("{}ok {} - {}{}\n", is_told(each) ? "not " : "", ++number, description(each.asked->id),
                           directive(each.state));
      if (is_told(each)) lines += fmt::format("  ---\n  message: {}\n  ...\n", quoted(reason_text(each)));
    }
  }
  return fmt::format("TAP version 13\n1..{}\n{}", number, lines);
}

}  // namespace lfmfit::render
