#pragma once

#include <string>
#include <string_view>

namespace lfmfit {

/// `text` in small letters; other alphabets than Latin stay as they are.
std::string lower(std::string text);

/// Whether two words differ in the case of their letters at most.
bool same_but_case(std::string_view a, std::string_view b);

/// Whether `part` occurs in `text`, case aside.
bool contains_but_case(std::string_view text, std::string_view part);

}  // namespace lfmfit
