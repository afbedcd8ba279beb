#include "ask/log_audit.hpp"

#include <fmt/format.h>

#include "ask/logged_question.hpp"
#include "ask/runtime_words.hpp"

namespace lfmfit::ask {

namespace {

/// Releases that a log may be of, the newest first: by its build, where it tells one.
std::vector<std::string> possible_releases(const LoadLog& log) {
  if (log.build) {
    const bool is_known = *log.build >= releases().front().first_build;
    const Release& release = is_known ? release_of_build(*log.build) : releases().front();
    return {std::string(kLlamaCpp) + "@" + release.version};
  }
  std::vector<std::string> names;
  for (auto release = releases().rbegin(); release != releases().rend(); ++release) {
    names.push_back(std::string(kLlamaCpp) + "@" + release->version);
  }
  return names;
}

std::string program_of(const LoadLog& log) {
  if (log.vllm) return "vLLM" + (log.vllm->version.empty() ? "" : " " + log.vllm->version);
  std::string program = log.program == LoadLog::Program::kOllama ? "Ollama" : "llama.cpp";
  if (!log.version.empty()) program += " v" + log.version;
  if (log.build) program += fmt::format(" b{}", *log.build);
  return program;
}

std::optional<OutOfMemory> failure_of(const LoadLog& log) {
  if (!log.failure) return std::nullopt;
  OutOfMemory failure{log.failure->use, std::nullopt, log.failure->asked, log.failure->there,
                      log.failure->there.has_value()};
  const LogBuffer buffer{log.failure->device, MemoryUse::kWeights, Bytes(0)};
  if (!buffer.device.empty()) failure.place = buffer.place();
  const std::size_t gpu = failure.place && *failure.place > 0 ? static_cast<std::size_t>(*failure.place) : 0;
  if (!failure.there && gpu < log.devices.size()) failure.there = log.devices[gpu].free;
  return failure;
}

Audit nearest_audit(const LoadLog& log, const std::string& name, LoggedQuestion logged, Finder& finder) {
  std::vector<std::string> runtimes = possible_releases(log);
  if (logged.asked.runtime) runtimes = {*logged.asked.runtime};
  std::optional<Audit> nearest;
  for (const std::string& runtime : runtimes) {
    logged.asked.runtime = runtime;
    Question question = question_of(logged.asked, finder);
    Estimate answer = estimate(question);
    std::vector<AuditTerm> terms = audit_terms(logged.measured, question, answer);
    if (nearest && compute_distance(nearest->terms) <= compute_distance(terms)) continue;
    nearest = Audit{name,
                    program_of(log),
                    logged.asked,
                    std::move(question),
                    std::move(answer),
                    logged.measured,
                    std::move(terms),
                    failure_of(log),
                    logged.notes};
  }
  return std::move(*nearest);
}

}  // namespace

Audit audit_of(const LoadLog& log, const std::string& name, const Asked& base, Finder& finder) {
  Audit audit = nearest_audit(log, name, logged_question(log, base, finder), finder);
  const std::int64_t drafted = states_a_state(audit.terms) - 1;
  const bool drafts_itself = audit.question.model->mtp_layers > 0;
  if (drafted < 1 || !drafts_itself || audit.question.request.drafting != Drafting::kNone) return audit;
  Asked drafting = base;
  drafting.speculative = {"mtp", drafted, std::nullopt};
  audit = nearest_audit(log, name, logged_question(log, drafting, finder), finder);
  audit.notes.push_back(
      fmt::format("states are kept for {} drafted tokens: counted as --spec-type draft-mtp --draft-max "
                  "{}, which the log does not name",
                  drafted, drafted));
  return audit;
}

}  // namespace lfmfit::ask
