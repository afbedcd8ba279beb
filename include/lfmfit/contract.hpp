// Contracts: what must hold for models on machines, line by line, and whether an answer keeps it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lfmfit/asked.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// So much memory, or a share of what is usable.
struct SizeOrShare {
  Bytes bytes;
  std::optional<double> share;  ///< 0.1: 10 %; then `bytes` does not count
};

/// What `size` is where `usable` bytes are.
Bytes size_of(const SizeOrShare& size, Bytes usable);

/// What a speed must reach: the low edge of its band, or its middle.
enum class SpeedBound { kSure, kTypical };

/// What one line of a contract limits. Unset: nothing. Memory is judged by its upper bound.
struct Limits {
  std::optional<bool> fits;
  std::optional<Verdict> verdict;  ///< this one or a better
  std::optional<SizeOrShare> headroom;
  std::optional<Bytes> max_memory;       ///< of the fullest GPU or pool
  std::optional<Bytes> max_host_memory;  ///< beside GPUs
  std::optional<Bytes> max_file;
  std::optional<Tokens> min_context;         ///< of each user
  std::optional<TokenRate> min_decode;       ///< of one request alone
  std::optional<TokenRate> min_decode_each;  ///< of each user while all of them generate
  std::optional<TokenRate> min_prefill;
  std::optional<Seconds> max_first_token;
  std::optional<bool> measured;  ///< true: speeds rest on measurements of this device
};

/// What was looked at. The last ones compare with a baseline.
enum class Rule {
  kFits,
  kVerdict,
  kHeadroom,
  kMaxMemory,
  kMaxHostMemory,
  kMaxFile,
  kMinContext,
  kMinDecode,
  kMinDecodeEach,
  kMinPrefill,
  kMaxFirstToken,
  kMeasured,
  kMoreMemory,
  kSlowerDecode,
  kSlowerPrefill,
  kLaterFirstToken,
  kLessContext,
};

constexpr std::size_t kRules = static_cast<std::size_t>(Rule::kLessContext) + 1;

/// "fits", "min-decode", "regression-memory": the name in reports, of letters and hyphens.
const char* name_of(Rule rule);

/// What one limit came to, from best to worst. kUnmeasured: it holds, but nothing like it was measured. kUnsure: the
/// limit lies between the bounds of the figure. kUnknown: lfmfit has no such figure.
enum class Outcome { kHolds, kUnmeasured, kUnsure, kFails, kUnknown };

/// "holds", "unmeasured", "unsure", "fails", "unknown".
const char* name_of(Outcome outcome);

/// A figure of an answer, or a limit to it; std::monostate: there is none, since the model does not fit.
using Figure = std::variant<std::monostate, Bytes, Tokens, TokenRate, Seconds, Verdict, bool>;

/// One limit, and what the answer says of it.
struct Finding {
  Rule rule = Rule::kFits;
  Outcome outcome = Outcome::kHolds;
  Figure found;
  Figure limit;                          ///< of a comparison with a baseline: the figure there
  Bytes usable;                          ///< of kFits
  SpeedBound bound = SpeedBound::kSure;  ///< of speeds
};

/// What `estimate`, the answer to `question`, says of each limit that is set, in the order of the rules.
std::vector<Finding> judge_limits(const Limits& limits, SpeedBound bound, const Question& question,
                                  const Estimate& estimate);

/// What becomes of a case that does not hold: it fails, it is only told, or it is not looked at.
enum class Level { kError, kWarn, kOff };

/// What becomes of a limit that is held without having been measured, or that lies inside a figure's band.
enum class WhenUnsure { kFail, kWarn, kPass };

/// What a case came to. kKnown: it fails as it did in the baseline. kError: it cannot be answered.
enum class CaseState { kPass, kWarn, kFail, kKnown, kError, kOff };

constexpr std::size_t kCaseStates = static_cast<std::size_t>(CaseState::kOff) + 1;

/// "pass", "warn", "fail", "known", "error", "off".
const char* name_of(CaseState state);

/// Where `when_unsure` is unset, a limit inside the band is not held, and one that was not measured is.
CaseState state_of(const std::vector<Finding>& findings, Level level, std::optional<WhenUnsure> when_unsure);

/// One model on one machine with its limits: what a line of a contract multiplies to.
struct ContractCase {
  std::string id;        ///< "chat[rtx-4060-laptop]"; unique
  std::size_t line = 1;  ///< of the contract, counted from 1
  std::string on;        ///< the machine in the contract's words
  Asked asked;
  std::optional<SizeOrShare> reserve;       ///< left free on the machine
  bool half_depth = false;                  ///< speeds are asked for with half of the context filled
  std::optional<NumberOrWord> min_context;  ///< in words that mean something else for each model
  Limits limits;
  SpeedBound bound = SpeedBound::kSure;
  Level level = Level::kError;
  std::optional<WhenUnsure> when_unsure;
  std::string reason, owner;
};

/// A difference from a baseline that is still no regression; both parts must be exceeded.
struct Tolerance {
  double percent = 0;
  double absolute = 0;  ///< bytes, tokens per second, seconds or tokens
};

struct Tolerances {
  Tolerance memory{1, 64.0 * 1024 * 1024};
  Tolerance decode{5, 1};
  Tolerance prefill{5, 10};
  Tolerance first_token{5, 0.05};
  Tolerance context{0, 0};
};

/// A contract as it was read.
struct Contract {
  std::string path;  ///< as it was named
  std::string name;
  std::vector<std::string> data;  ///< folders of facts
  Tolerances tolerances;
  std::vector<ContractCase> cases;
};

/// The figures of an answer that reports and baselines hold. Unset: not known.
struct CaseFigures {
  std::string model, device;  ///< ids
  std::string quantization;
  Tokens context;  ///< of each user
  std::int64_t users = 1;
  Verdict verdict = Verdict::kTooBig;
  Bytes required, usable;
  Bytes file;
  std::optional<SpeedEstimate> decode;
  std::optional<TokenRate> decode_each, prefill;  ///< `decode_each`: of each user while all generate
  std::optional<Seconds> first_token;
};

CaseFigures figures_of(const Question& question, const Estimate& estimate);

/// What a case came to.
struct CaseResult {
  const ContractCase* asked = nullptr;
  CaseState state = CaseState::kOff;
  std::vector<Finding> findings;
  std::optional<CaseFigures> figures;  ///< unset: not answered
  std::string problem;                 ///< of kError: why
  std::vector<std::string> warnings;   ///< the answer's
  std::string note;                    ///< what a comparison with a baseline says besides
};

/// What a contract came to. `contract` must outlive it.
struct ContractResult {
  const Contract* contract = nullptr;
  std::vector<CaseResult> cases;   ///< in the contract's order
  std::vector<std::string> notes;  ///< about no case in particular
};

/// How many cases have each state, in the order of the enumeration.
std::array<std::size_t, kCaseStates> count_states(const ContractResult& result);

}  // namespace lfmfit
