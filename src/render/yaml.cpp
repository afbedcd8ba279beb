#include "render/yaml.hpp"

#include <algorithm>
#include <cctype>

#include "render/style.hpp"

namespace lfmfit::render {

namespace {

bool is_plain_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || c == '/';
}

/// Whether `text` means itself without quotes: letters first, no word that YAML takes for something else.
bool is_plain(const std::string& text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0) return false;
  if (!std::all_of(text.begin(), text.end(), is_plain_character)) return false;
  std::string small = text;
  for (char& c : small) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const char* word : {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}) {
    if (small == word) return false;
  }
  return true;
}

std::string quoted_if_needed(const std::string& text) {
  return is_plain(text) ? text : Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string scalar(const Json& json) {
  if (json.is_string()) return quoted_if_needed(json.get<std::string>());
  if (json.is_structured()) return json.is_array() ? "[]" : "{}";
  return json.dump();
}

void write(const Json& json, int depth, bool starts_line, std::string& text) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  if (json.is_object()) {
    for (const auto& member : json.items()) {
      text += (starts_line ? indent : "") + quoted_if_needed(member.key()) + ":";
      starts_line = true;
      const Json& value = member.value();
      if (value.is_structured() && !value.empty()) {
        text += "\n";
        write(value, depth + 1, true, text);
      } else {
        text += " " + scalar(value) + "\n";
      }
    }
  } else {
    for (const Json& element : json) {
      text += (starts_line ? indent : "") + "- ";
      starts_line = true;
      if (element.is_structured() && !element.empty()) {
        write(element, depth + 1, false, text);
      } else {
        text += scalar(element) + "\n";
      }
    }
  }
}

}  // namespace

std::string yaml_text(const Json& json) {
  std::string text;
  write(json, 0, true, text);
  return text;
}

std::string yaml_comment(const std::string& text) {
  return "# " + Json::parse(json_text(Json(printable(text)))).get<std::string>() + "\n";
}

}  // namespace lfmfit::render
