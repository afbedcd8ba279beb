#include "ask/contract_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "ask/token_words.hpp"
#include "core/base/printable.hpp"
#include "lfmfit/asked.hpp"
#include "system/all_cores.hpp"

namespace lfmfit::ask {

namespace {

/// Writes out a field of an Asked, to tell two of them apart.
class KeyWriter {
 public:
  template <class Value>
  void operator()(const char* /*name*/, const Value& value) {
    write(value);
    key += '\x1f';
  }
  std::string key;

 private:
  void write(const std::string& text) { key += text; }
  void write(std::int64_t number) { key += std::to_string(number); }
  void write(bool flag) { key += flag ? '1' : '0'; }
  void write(double number) { fmt::format_to(std::back_inserter(key), "{}", number); }
  void write(Bytes bytes) { write(bytes.count()); }
  void write(const NumberOrWord& value) {
    std::visit([this](const auto& each) { write(each); }, value);
  }
  void write(const Speculative& draft) {
    write(draft.type);
    key += '\x1e';
    write(draft.max);
    key += '\x1e';
    write(draft.model);
  }
  template <class Value>
  void write(const std::optional<Value>& value) {
    if (value) write(*value);
  }
  template <class Value>
  void write(const std::vector<Value>& values) {
    for (const Value& value : values) {
      write(value);
      key += '\x1e';
    }
  }
};

std::string key_of(const Asked& asked) {
  KeyWriter writer;
  for_each_field(asked, writer);
  return writer.key;
}

/// What `asked` says of everything but the machine.
Asked without_machine(Asked asked) {
  asked.device.reset();
  asked.available.reset();
  asked.ram.reset();
  asked.reserve.reset();
  asked.backend.reset();
  return asked;
}

/// Cases with one question: they differ in their limits only.
struct Equal {
  Question question;
  std::vector<std::size_t> cases;
};

/// Questions that differ in their machines only.
using Kin = std::vector<Equal>;

/// Turns the cases of a contract into questions, looking each name up once.
class Questions {
 public:
  Questions(const Contract& contract, Finder& finder, ContractResult& result)
      : contract_(contract), finder_(finder), result_(result) {}

  std::vector<Kin> make() {
    for (std::size_t i = 0; i < contract_.cases.size(); ++i) {
      result_.cases[i].asked = &contract_.cases[i];
      if (contract_.cases[i].level != Level::kOff) add(i);
    }
    return std::move(kins_);
  }

 private:
  void add(std::size_t index) {
    const ContractCase& each = contract_.cases[index];
    const std::string reserve = !each.reserve         ? ""
                                : each.reserve->share ? fmt::format("{}%", *each.reserve->share)
                                                      : std::to_string(each.reserve->bytes.count());
    const std::string key = fmt::format("{}{}\x1f{}", key_of(each.asked), reserve, each.half_depth);
    const auto [known, is_new] = equals_.emplace(key, Place{});
    if (is_new) known->second = place_of(each);
    const Place& place = known->second;
    if (!place.problem.empty()) {
      result_.cases[index].state = CaseState::kError;
      result_.cases[index].problem = place.problem;
    } else {
      kins_[place.kin][place.equal].cases.push_back(index);
    }
  }

  /// Where the cases of one question are gathered, or why there is none.
  struct Place {
    std::size_t kin = 0, equal = 0;
    std::string problem;
  };

  Place place_of(const ContractCase& each) {
    Place place;
    try {
      require_known(*each.asked.model);
      Question question = question_of(each);
      const std::string key = fmt::format("{}{}", key_of(without_machine(each.asked)), each.half_depth);
      const auto [kin, is_new] = kin_places_.emplace(key, kins_.size());
      if (is_new) kins_.emplace_back();
      place.kin = kin->second;
      place.equal = kins_[place.kin].size();
      kins_[place.kin].push_back({std::move(question), {}});
    } catch (const Error& error) {
      place.problem = error.what();
    }
    return place;
  }

  /// Looking for a name that nothing bears goes through folders; once is enough.
  void require_known(const std::string& model) {
    if (const auto known = unknown_models_.find(model); known != unknown_models_.end()) throw Error(known->second);
    try {
      finder_.models.find(model);
    } catch (const Error& error) {
      unknown_models_.emplace(model, error);
      throw;
    }
  }

  Question question_of(const ContractCase& each) {
    Question question = ask::question_of(each.asked, finder_);
    if (each.reserve) question.reserve = size_of(*each.reserve, gpu_of(*question.device, 0).usable);
    if (question.vllm && !question.vllm->request.tensor_parallel_size)
      question.vllm->request.tensor_parallel_size = question.device->gpus;
    if (each.half_depth) question.request.depth = Tokens(question.request.depth.count() / 2);
    return question;
  }

  const Contract& contract_;
  Finder& finder_;
  ContractResult& result_;
  std::map<std::string, Place> equals_;
  std::map<std::string, std::size_t> kin_places_;
  std::map<std::string, Error> unknown_models_;
  std::vector<Kin> kins_;
};

/// Fills in what one answer comes to for `result`.
void judge_case(CaseResult& result, const Question& question, const Estimate& answer) {
  const ContractCase& asked = *result.asked;
  Limits limits = asked.limits;
  if (asked.min_context) {
    limits.min_context = parse_context(*asked.min_context, *question.model);
    if (!limits.min_context) throw Error(ErrorKind::kBadRequest, "min_context is a number of tokens, like 32k, or max");
  }
  result.findings = judge_limits(limits, asked.bound, question, answer);
  result.state = state_of(result.findings, asked.level, asked.when_unsure);
  result.figures = figures_of(question, answer);
  result.warnings = answer.warnings;
  const auto unknown = std::find_if(result.findings.begin(), result.findings.end(),
                                    [](const Finding& finding) { return finding.outcome == Outcome::kUnknown; });
  if (unknown != result.findings.end())
    result.problem = fmt::format("{} cannot be answered: no such speed is known of {}", name_of(unknown->rule),
                                 printable(question.device->name));
}

void fail_case(CaseResult& result, const std::string& problem) {
  result.state = CaseState::kError;
  result.problem = problem;
}

/// Answers questions that differ in their machines, sharing what does not depend on those.
void answer_kin(const Kin& kin, ContractResult& result) {
  Question shared = kin.front().question;
  std::optional<Answers> answers;
  for (const Equal& equal : kin) {
    try {
      if (!answers) answers.emplace(shared, stored_tensors(shared));
      // Answers looks at the question each time; these are what it leaves to the machine.
      shared.available = equal.question.available;
      shared.ram = equal.question.ram;
      shared.reserve = equal.question.reserve;
      const Estimate answer = answers->on(*equal.question.device, *equal.question.backend);
      for (const std::size_t i : equal.cases) judge_case(result.cases[i], equal.question, answer);
    } catch (const Error& error) {
      for (const std::size_t i : equal.cases) fail_case(result.cases[i], error.what());
    }
  }
}

}  // namespace

ContractResult answer_contract(const Contract& contract, Finder& finder) {
  ContractResult result{&contract, std::vector<CaseResult>(contract.cases.size()), {}};
  const std::vector<Kin> kins = Questions(contract, finder, result).make();
  on_all_cores(kins.size(), [&](std::size_t i) { answer_kin(kins[i], result); });
  return result;
}

void note_unknown_names(const Contract& contract, Finder& finder, Faults& faults) {
  std::set<std::pair<std::string, std::size_t>> noted;
  const auto note = [&](const ContractCase& each, const std::string& name, const auto& find) {
    if (!noted.emplace(name, each.line).second) return;
    try {
      find();
    } catch (const Error& error) {
      faults.add(each.line, fmt::format("check \"{}\": {}", each.id, error.what()));
    }
  };
  for (const ContractCase& each : contract.cases) {
    note(each, *each.asked.model, [&] { finder.models.find(*each.asked.model); });
    note(each, *each.asked.device, [&] { finder.devices.find(*each.asked.device); });
  }
}

}  // namespace lfmfit::ask
