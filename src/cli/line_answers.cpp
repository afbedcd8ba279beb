#include "cli/line_answers.hpp"

#include <fmt/format.h>

#include "ask/asked_json.hpp"
#include "cli/command_answer.hpp"
#include "core/base/printable.hpp"
#include "json/watched_json.hpp"
#include "lfmfit/error.hpp"
#include "render/json_value_text.hpp"

namespace lfmfit::cli {

namespace {

using render::Json;

constexpr std::size_t kMostKeys = 1000;     // Json keeps keys in a list, so that many would take quadratic time
constexpr std::size_t kMostTexts = 4096;    // some 3 kB each
constexpr std::size_t kMostShared = 128;    // questions, with the tensors of their models
constexpr std::size_t kLongestKept = 4096;  // of a request
constexpr const char* kIdPlace = "\"id\":\"lfmfit's place for an id\"";

/// The request's id, to be sent back; null when it has none that could be.
Json id_of(const Json& request) {
  if (!request.is_object() || !request.contains("id")) return nullptr;
  const Json& id = request["id"];
  return id.is_structured() ? Json() : id;
}

std::string words_for(const JsonProblem& problem) {
  switch (problem.kind) {
    case JsonProblem::Kind::kTooDeep: return "this line nests too deep; no request does";
    case JsonProblem::Kind::kTwice: return "this line names the key \"" + printable(problem.detail) + "\" twice";
    case JsonProblem::Kind::kTooMany: return "this line holds more than 1,000 keys; no request has so many";
    case JsonProblem::Kind::kBroken: break;
  }
  return "this line is not JSON; write one object a line";
}

Json without(Json request, const char* key) {
  if (request.is_object()) request.erase(key);
  return request;
}

}  // namespace

LineAnswers::Shared::Shared(const Question& asked) : question(asked), answers(question, stored_tensors(question)) {}

std::string LineAnswers::Text::with(const Json& id) const {
  return id.is_null() ? before + after : before + "\"id\":" + render::json_value_text(id) + "," + after;
}

Answers& LineAnswers::shared(const Json& request, const Question& question) {
  // words can mean another backend's buffers, quantization or context on another device
  const Request& settings = question.request;
  std::string key =
      fmt::format("{} {} {} {} {}", without(request, "device").dump(), question.backend->name,
                  question.quantization->name, settings.context.count(), static_cast<int>(question.longest_context));
  for (const std::string& note : question.notes) key += note;
  const auto known = shared_.find(key);
  if (known != shared_.end()) return known->second->answers;
  if (shared_.size() >= kMostShared) shared_.clear();
  return shared_.emplace(std::move(key), std::make_unique<Shared>(question)).first->second->answers;
}

/// With a word in the place of the id.
Json LineAnswers::answer_of(const Json& request) {
  const Json id = "lfmfit's place for an id";
  try {
    if (has_commands(request)) return command_answer(request, id, finder_);
    const Question question = ask::question_of(ask::read_asked(request), finder_);
    // what a program is like may depend on the device
    const bool alone = question.device == nullptr || question.vllm || request.contains("like");
    const Estimate answer =
        alone ? estimate(question) : shared(request, question).on(*question.device, *question.backend);
    return render::estimate_json(question, answer, id);
  } catch (const Error& error) {
    return render::error_json(id, error.kind(), error.what());
  }
}

const LineAnswers::Text& LineAnswers::text_of(const Json& request) {
  std::string key = request.dump();
  const auto known = texts_.find(key);
  if (known != texts_.end()) return known->second;
  if (texts_.size() >= kMostTexts) texts_.clear();
  const std::string text = render::json_text(answer_of(request));
  const std::size_t at = text.find(kIdPlace);
  const std::size_t behind = at + std::string_view(kIdPlace).size() + 1;  // and the comma
  Text answer{text.substr(0, at), text.substr(behind)};
  if (key.size() > kLongestKept) return last_ = std::move(answer);
  return texts_.emplace(std::move(key), std::move(answer)).first->second;
}

std::string LineAnswers::answer(const std::string& line) {
  const auto parsed = parse_watched<Json>(line, kMostKeys);
  if (const auto* problem = std::get_if<JsonProblem>(&parsed))
    return render::json_text(render::error_json(nullptr, ErrorKind::kBadRequest, words_for(*problem)));
  const Json& request = std::get<Json>(parsed);
  const Json id = id_of(request);
  return text_of(without(request, "id")).with(id);
}

}  // namespace lfmfit::cli
