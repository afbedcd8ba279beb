#include "ask/contract_cases.hpp"

#include <fmt/format.h>

#include "ask/model_finder.hpp"
#include "ask/question.hpp"
#include "ask/runtime_words.hpp"

namespace lfmfit::ask {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostCases = 100'000;

std::string words_of(const NumberOrWord& value) {
  const auto* word = std::get_if<std::string>(&value);
  return word != nullptr ? *word : std::to_string(std::get<std::int64_t>(value));
}

template <class Value>
std::vector<std::optional<Value>> or_usual(const std::vector<Value>& values) {
  std::vector<std::optional<Value>> result(values.begin(), values.end());
  if (result.empty()) result.emplace_back();
  return result;
}

}  // namespace

void CaseMaker::multiply(ContractObject& check, const ContractSettings& settings,
                         const std::vector<std::string>& models, const std::vector<std::string>& machines,
                         std::vector<ContractCase>& cases) {
  const std::vector<std::optional<std::string>> quantizations = or_usual<std::string>(settings.quantizations);
  const std::vector<std::optional<NumberOrWord>> contexts = or_usual<NumberOrWord>(settings.contexts);
  if (cases.size() + models.size() * machines.size() * quantizations.size() * contexts.size() > kMostCases)
    return check.fault(fmt::format("makes it more than {} cases; cut the contract in parts", kMostCases));
  for (const std::string& model : models) {
    for (const std::string& machine : machines) {
      for (const auto& quantization : quantizations) {
        for (const auto& context : contexts) {
          ContractCase& made = cases.emplace_back(settings.each);
          Asked& asked = made.asked;
          asked.model = model_of(model);
          asked.quantization = quantization;
          asked.context_each = context;
          complete(made, settings, machine);
          std::string varying;
          const auto vary = [&](std::size_t count, const std::string& word) {
            if (count > 1) varying += (varying.empty() ? "" : ",") + word;
          };
          vary(models.size(), model);
          vary(machines.size(), machine);
          vary(quantizations.size(), quantization.value_or(""));
          vary(contexts.size(), context ? words_of(*context) : "");
          if (!varying.empty()) made.id += "[" + varying + "]";
        }
      }
    }
  }
}

namespace {

/// The same question in vLLM's own words.
void ask_vllm(Asked& asked) {
  asked.max_model_len = asked.context_each == NumberOrWord("fit") ? NumberOrWord("auto") : asked.context_each;
  asked.context_each.reset();
  asked.vllm.max_num_seqs = asked.users;
  asked.users.reset();
}

}  // namespace

/// Sets what the machine brings along, and what is taken where nothing is said.
void CaseMaker::complete(ContractCase& made, const ContractSettings& settings, const std::string& machine) {
  Asked& asked = made.asked;
  made.on = machine;
  asked.device = machine;
  if (const auto target = targets.find(machine); target != targets.end()) {
    target->second.used = true;
    asked.device = target->second.device;
    asked.available = target->second.available;
    asked.ram = target->second.ram;
    asked.backend = target->second.backend;
    made.reserve = target->second.reserve;
  }
  if (asked.users && !asked.context_each) asked.context_each = Request{}.context.count();
  const bool placed_by_hand = asked.gpu_layers || asked.n_cpu_moe || asked.request.cpu_moe;
  if (!asked.runtime) asked.runtime = std::string(kLlamaCpp);  // whatever the environment prefers
  const std::string runtime = parse_runtime(asked.runtime).name;
  if (runtime == kVllm) {
    ask_vllm(asked);
  } else if (runtime == kLlamaCpp && !placed_by_hand && !settings.may_be_partial) {
    asked.gpu_layers = kAllLayers;
  }
}

std::string CaseMaker::path_of(const std::string& path) const {
  return fs::path(path).is_absolute() || folder_.empty() ? path : (folder_ / path).string();
}

/// A model's name, or its path.
const std::string& CaseMaker::model_of(const std::string& model) {
  const auto [known, is_new] = models_.emplace(model, model);
  std::error_code error;
  const std::string path = path_of(model);
  if (is_new && (looks_like_path(model) || fs::exists(path, error))) known->second = path;
  return known->second;
}

}  // namespace lfmfit::ask
