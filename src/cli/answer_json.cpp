#include "cli/answer_json.hpp"

#include "ask/asked_json.hpp"
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
  const Json request = Json::parse(text, nullptr, false);
  if (request.is_discarded())
    return render::error_json(nullptr, ErrorKind::kBadRequest, "this line is not JSON; write one object a line");
  return answer_json(request, finder);
}

}  // namespace lfmfit::cli
