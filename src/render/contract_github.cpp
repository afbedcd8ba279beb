#include <fmt/format.h>

#include <algorithm>

#include "render/contract.hpp"
#include "render/markdown.hpp"

namespace lfmfit::render {

namespace {

/// GitHub shows ten annotations of a kind in a step and drops the rest without a word: the tenth says how many.
constexpr std::size_t kMostOfAKind = 10;

constexpr std::size_t kLongestSummary = 900'000;  // of the 1 MiB that GitHub takes

/// `text` as a command's text or, with `property`, as one of its properties.
std::string command_text(const std::string& text, bool property) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '%': result += "%25"; break;
      case '\r': result += "%0D"; break;
      case '\n': result += "%0A"; break;
      case ':': result += property ? "%3A" : ":"; break;
      case ',': result += property ? "%2C" : ","; break;
      default: result += c;
    }
  }
  return result;
}

const char* kind_of(CaseState state) {
  if (state == CaseState::kFail || state == CaseState::kError) return "error";
  return state == CaseState::kWarn ? "warning" : "notice";
}

std::string command(const char* kind, const Contract& contract, std::size_t line, const std::string& title,
                    const std::string& text) {
  return fmt::format("::{} file={},line={},title={}::{}\n", kind, command_text(contract.path, true), line,
                     command_text(printable(title), true), command_text(printable(text), false));
}

std::string summary_row(const ToldCase& told) {
  return fmt::format("| {} | {} | {} |\n", lfmfit::name_of(told.result->state), markdown_cell(told.result->asked->id),
                     markdown_cell(reason_text(*told.result)));
}

}  // namespace

std::string contract_github(const ContractResults& results) {
  const std::vector<ToldCase> told = told_cases(results);
  std::string text;
  for (const char* kind : {"error", "warning", "notice"}) {
    std::vector<const ToldCase*> alike;
    for (const ToldCase& each : told) {
      if (std::string_view(kind_of(each.result->state)) == kind) alike.push_back(&each);
    }
    const bool all = alike.size() <= kMostOfAKind;
    const std::size_t shown = all ? alike.size() : kMostOfAKind - 1;
    for (std::size_t i = 0; i < shown; ++i) {
      const CaseResult& result = *alike[i]->result;
      text += command(kind, *alike[i]->contract, result.asked->line, result.asked->id, reason_text(result));
    }
    if (!all)
      text += command(kind, *alike[shown]->contract, alike[shown]->result->asked->line, "lfmfit",
                      fmt::format("and {} more, which the log and the job summary tell of", alike.size() - shown));
  }
  return text;
}

std::string contract_markdown(const ContractResults& results) {
  const std::vector<ToldCase> told = told_cases(results);
  std::string text = "### lfmfit: " + markdown_cell(states_text(results)) + "\n\n";
  if (!told.empty()) text += "| state | case | why |\n| --- | --- | --- |\n";
  std::size_t shown = 0;
  while (shown < told.size() && text.size() < kLongestSummary) text += summary_row(told[shown++]);
  if (shown < told.size()) text += fmt::format("\nand {} more\n", told.size() - shown);
  for (const ContractResult& result : results) {
    for (const CaseResult& each : result.cases) {
      if (each.state == CaseState::kPass && !each.note.empty() && text.size() < kLongestSummary)
        text += fmt::format("\n{}: {}\n", markdown_cell(each.asked->id), markdown_cell(each.note));
    }
    for (const std::string& note : result.notes) {
      if (text.size() < kLongestSummary) text += "\n" + markdown_cell(note) + "\n";
    }
  }
  return text + "\n";
}

}  // namespace lfmfit::render
