#pragma once

#include <charconv>

namespace lfmfit {

/// What std::from_chars does for a double, which libc++ has only since its version 20: reads the number that the text
/// from `first` to `last` begins with, as 1, -2.5, .5 or 1e9; `value` stays as it is where there is none.
std::from_chars_result decimal_from(const char* first, const char* last, double& value);

/// The same by the means that every library has.
std::from_chars_result decimal_from_plainly(const char* first, const char* last, double& value);

}  // namespace lfmfit
