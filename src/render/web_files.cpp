#include "render/web_files.hpp"

#include <stdexcept>

#include "render/json.hpp"

namespace lfmfit::render {

std::string_view web_file(std::string_view name) {
  for (const EmbeddedFile& file : embedded_web()) {
    if (file.path.substr(file.path.rfind('/') + 1) == name) return file.text;
  }
  throw std::logic_error("no file called " + std::string(name) + " was built in");
}

std::string script_of(std::string_view page) {
  std::string script;
  const Json scripts = Json::parse(web_file("scripts.json"));
  for (const Json& name : scripts.at(std::string(page))) script += web_file(name.get<std::string>());
  return script;
}

}  // namespace lfmfit::render
