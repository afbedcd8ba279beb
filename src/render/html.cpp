#include "render/html.hpp"

#include <set>
#include <stdexcept>

#include "render/style.hpp"

namespace lfmfit::render {

std::string escaped(std::string_view text) {
  // The dump of a text in JSON replaces what is no UTF-8.
  std::string clean = printable(Json::parse(json_text(Json(std::string(text)))).get<std::string>());
  for (const char* no_character : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {  // of XML: U+FFFE and U+FFFF
    for (std::size_t at = clean.find(no_character); at != std::string::npos; at = clean.find(no_character))
      clean.replace(at, 3, "?");
  }
  std::string result;
  for (const char c : clean) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += c;
    }
  }
  return result;
}

std::string script_json(const Json& json) {
  std::string result;
  for (const char c : json_text(json)) {
    if (c == '<')
      result += "\\u003c";
    else
      result += c;
  }
  return result;
}

std::string filled(std::string_view page, const std::vector<std::pair<std::string, std::string>>& values) {
  std::string result;
  std::set<std::string_view> used;
  while (true) {
    const std::size_t start = page.find("{{");
    const std::size_t end = page.find("}}", start);
    if (end == std::string_view::npos) break;
    const std::string_view name = page.substr(start + 2, end - start - 2);
    result.append(page.substr(0, start));
    page.remove_prefix(end + 2);
    bool known = false;
    for (const auto& [key, value] : values) {
      if (key != name) continue;
      result += value;
      used.insert(key);
      known = true;
    }
    if (!known) throw std::logic_error("a page asks for {{" + std::string(name) + "}}");
  }
  if (used.size() != values.size()) throw std::logic_error("a page leaves out what it should say");
  return result.append(page);
}

}  // namespace lfmfit::render
