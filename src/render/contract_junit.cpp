#include <fmt/format.h>

#include "render/contract.hpp"
#include "render/html.hpp"

namespace lfmfit::render {

namespace {

struct Counts {
  std::size_t tests = 0, failures = 0, errors = 0, skipped = 0;
};

void count(const ContractResult& result, Counts& counts) {
  const auto states = lfmfit::count_states(result);
  const auto number = [&](CaseState state) { return states[static_cast<std::size_t>(state)]; };
  counts.tests += result.cases.size();
  counts.failures += number(CaseState::kFail);
  counts.errors += number(CaseState::kError);
  counts.skipped += number(CaseState::kWarn) + number(CaseState::kKnown) + number(CaseState::kOff);
}

std::string attributes(const Counts& counts) {
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"0\"", counts.tests,
                     counts.failures, counts.errors, counts.skipped);
}

/// JUnit has no warnings: what does not hold and is no failure is skipped, with the reason.
std::string inside(const CaseResult& result) {
  const std::string why = escaped(reason_text(result));
  switch (result.state) {
    case CaseState::kFail:
      return fmt::format("<failure message=\"{0}\" type=\"{1}\">{0}</failure>", why, problems_of(result).front().rule);
    case CaseState::kError: return fmt::format("<error message=\"{0}\" type=\"answer\">{0}</error>", why);
    case CaseState::kWarn: return fmt::format("<skipped message=\"warning: {}\"/>", why);
    case CaseState::kKnown: return fmt::format("<skipped message=\"known: {}\"/>", why);
    case CaseState::kOff: return "<skipped message=\"its level is off\"/>";
    case CaseState::kPass: break;
  }
  return fmt::format("<system-out>{}</system-out>", escaped(findings_text(result)));
}

std::string suite(const ContractResult& result) {
  const Contract& contract = *result.contract;
  const std::string name = escaped(contract.name.empty() ? contract.path : contract.name);
  Counts counts;
  count(result, counts);
  std::string text = fmt::format("  <testsuite name=\"{}\" {}>\n", name, attributes(counts));
  for (const CaseResult& each : result.cases) {
    text += fmt::format("    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"0\">{}</testcase>\n",
                        name, escaped(each.asked->id), escaped(contract.path), each.asked->line, inside(each));
  }
  return text + "  </testsuite>\n";
}

}  // namespace

std::string contract_junit(const ContractResults& results) {
  Counts counts;
  std::string suites;
  for (const ContractResult& result : results) {
    count(result, counts);
    suites += suite(result);
  }
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"lfmfit\" {}>\n{}</testsuites>\n",
                     attributes(counts), suites);
}

}  // namespace lfmfit::render
