#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "render/contract.hpp"

namespace lfmfit::render {

namespace {

/// The order in which reports of problems tell of cases.
int rank(CaseState state) {
  switch (state) {
    case CaseState::kError: return 0;
    case CaseState::kFail: return 1;
    case CaseState::kWarn: return 2;
    case CaseState::kKnown: return 3;
    case CaseState::kPass:
    case CaseState::kOff: break;
  }
  return 4;
}

}  // namespace

std::array<std::size_t, kCaseStates> count_states(const ContractResults& results) {
  std::array<std::size_t, kCaseStates> sum{};
  for (const ContractResult& result : results) {
    const auto counts = lfmfit::count_states(result);
    for (std::size_t i = 0; i < counts.size(); ++i) sum[i] += counts[i];
  }
  return sum;
}

std::string states_text(const ContractResults& results) {
  const auto counts = count_states(results);
  std::size_t all = 0;
  std::string list;
  for (const CaseState state :
       {CaseState::kPass, CaseState::kWarn, CaseState::kFail, CaseState::kKnown, CaseState::kError, CaseState::kOff}) {
    const std::size_t count = counts[static_cast<std::size_t>(state)];
    all += count;
    if (count > 0) list += fmt::format("{} {} {}", list.empty() ? "" : ",", count, lfmfit::name_of(state));
  }
  return fmt::format("{} case{}:{}", all, all == 1 ? "" : "s", list);
}

bool is_told(const CaseResult& result) { return rank(result.state) < 4; }

std::vector<ToldCase> told_cases(const ContractResults& results) {
  std::vector<ToldCase> told;
  for (const ContractResult& result : results) {
    for (const CaseResult& each : result.cases) {
      if (is_told(each)) told.push_back({result.contract, &each});
    }
  }
  std::stable_sort(told.begin(), told.end(),
                   [](const ToldCase& a, const ToldCase& b) { return rank(a.result->state) < rank(b.result->state); });
  return told;
}

std::string fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return fmt::format("{:016x}", hash);
}

}  // namespace lfmfit::render
