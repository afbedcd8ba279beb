#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "render/json.hpp"

namespace lfmfit::render {

/// `text` as the content of an element or a quoted attribute, of HTML or XML: nothing in it can be markup. Bytes that
/// are no UTF-8 and what is no character of XML are replaced.
std::string escaped(std::string_view text);

/// `json` as the content of a script element: no `<` in it can end the element.
std::string script_json(const Json& json);

/// `page` with each {{name}} replaced by the value of that name, which is taken as it is. Throws std::logic_error where
/// a name has no value or a value no place.
std::string filled(std::string_view page, const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace lfmfit::render
