#include "cli/answer_json.hpp"

#include "ask/asked_json.hpp"
#include "core/base/printable.hpp"
#include "json/watched_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

using render::Json;

/// The request's id, to be sent back; null when it has none that could be.
Json id_of(const Json& request) {
  if (!request.is_object() || !request.contains("id")) return nullptr;
  const Json& id = request["id"];
  return id.is_structured() ? Json() : id;
}

constexpr std::size_t kMostKeys = 1000;  // Json keeps keys in a list, so that many would take quadratic time

std::string words_for(const JsonProblem& problem) {
  switch (problem.kind) {
    case JsonProblem::Kind::kTooDeep: return "this line nests too deep; no request does";
    case JsonProblem::Kind::kTwice: return "this line names the key \"" + printable(problem.detail) + "\" twice";
    case JsonProblem::Kind::kTooMany: return "this line holds more than 1,000 keys; no request has so many";
    case JsonProblem::Kind::kBroken: break;
  }
  return "this line is not JSON; write one object a line";
}

}  // namespace

Json answer_json(const Json& json, ask::Finder& finder) {
  const Json id = id_of(json);
  try {
    const Question question = ask::question_of(ask::read_asked(json), finder);
    return render::estimate_json(question, estimate(question), id);
  } catch (const Error& error) {
    return render::error_json(id, error.kind(), error.what());
  }
}

Json answer_json(const std::string& text, ask::Finder& finder) {
  const auto parsed = parse_watched<Json>(text, kMostKeys);
  const auto* problem = std::get_if<JsonProblem>(&parsed);
  return problem == nullptr ? answer_json(std::get<Json>(parsed), finder)
                            : render::error_json(nullptr, ErrorKind::kBadRequest, words_for(*problem));
}

}  // namespace lfmfit::cli
