#include "cli/commands_json.hpp"

namespace lfmfit::cli {

render::Json commands_json(const std::vector<ask::WrittenCommand>& commands) {
  render::Json json = render::Json::object();
  for (const ask::WrittenCommand& command : commands) json[command.program] = command.text;
  return json;
}

render::Json pasted_json(const ask::PastedCommand& pasted, const std::vector<std::string>& notes) {
  return {{"program", pasted.program->name}, {"ignored", pasted.ignored}, {"notes", notes}};
}

}  // namespace lfmfit::cli
