#include "cli/command_answer.hpp"

#include <string>
#include <utility>

#include "ask/asked_json.hpp"
#include "ask/shell_words.hpp"
#include "ask/written_command.hpp"
#include "cli/commands_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::cli {

namespace {

using render::Json;

constexpr const char* kLine = "command_line";
constexpr const char* kCommandsKey = "commands";

std::optional<std::string> line_in(Json& request) {
  const Json line = taken(request, kLine);
  if (line.is_null()) return std::nullopt;
  if (!line.is_string()) throw Error(ErrorKind::kBadRequest, "\"command_line\" must be a string");
  return line.get<std::string>();
}

bool wants_commands(Json& request) {
  const Json wanted = taken(request, kCommandsKey);
  if (!wanted.is_null() && !wanted.is_boolean())
    throw Error(ErrorKind::kBadRequest, "\"commands\" must be true or false");
  return wanted == true;
}

}  // namespace

Json taken(Json& request, const char* key) {
  if (!request.is_object()) return nullptr;
  Json value = request.value(key, Json());
  request.erase(key);
  return value;
}

bool has_commands(const Json& request) {
  return request.is_object() && (request.contains(kLine) || request.contains(kCommandsKey));
}

CommandRequest read_command_request(Json request, ask::Finder& finder) {
  const std::optional<std::string> line = line_in(request);
  CommandRequest read;
  read.wants_commands = wants_commands(request);
  read.asked.asked = line ? ask::read_settings(request) : ask::read_asked(request);
  if (!line) return read;
  const std::string device = read.asked.asked.device.value_or("");
  read.pasted = ask::read_pasted(ask::shell_commands(*line), read.asked.asked, finder.catalog);
  read.asked = ask::asked_on(*read.pasted, device, finder);
  return read;
}

Json command_answer(const Json& request, const Json& id, ask::Finder& finder) {
  const CommandRequest read = read_command_request(request, finder);
  const Asked& asked = read.asked.asked;
  const Question question = ask::question_of(asked, finder);
  const Estimate answer = estimate(question);
  Json json = render::estimate_json(question, answer, id);
  if (read.pasted) json[kLine] = pasted_json(*read.pasted, read.asked.notes);
  if (read.wants_commands) json[kCommandsKey] = commands_json(ask::written_commands(asked, question, answer, finder));
  return json;
}

}  // namespace lfmfit::cli
