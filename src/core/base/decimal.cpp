#include "core/base/decimal.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>

namespace lfmfit {

namespace {

bool is_decimal_digit(char c) { return c >= '0' && c <= '9'; }

const char* after_digits(const char* at, const char* last) {
  while (at != last && is_decimal_digit(*at)) ++at;
  return at;
}

/// Where the number ends that begins at `first`; `first`: there is none.
const char* end_of_decimal(const char* first, const char* last) {
  const char* const digits = first != last && *first == '-' ? first + 1 : first;
  const char* end = after_digits(digits, last);
  auto count = end - digits;
  if (end != last && *end == '.') {
    const char* const fraction = end + 1;
    end = after_digits(fraction, last);
    count += end - fraction;
    if (count == 0) return first;
  }
  if (count == 0) return first;
  if (end == last || (*end != 'e' && *end != 'E')) return end;
  const char* exponent = end + 1;
  if (exponent != last && (*exponent == '-' || *exponent == '+')) ++exponent;
  const char* const rest = after_digits(exponent, last);
  return rest == exponent ? end : rest;
}

}  // namespace

std::from_chars_result decimal_from_plainly(const char* first, const char* last, double& value) {
  const char* const end = end_of_decimal(first, last);
  if (end == first) return {first, std::errc::invalid_argument};
  errno = 0;
  const double number = std::strtod(std::string(first, end).c_str(), nullptr);  // no locale is ever set
  if (errno == ERANGE) return {end, std::errc::result_out_of_range};
  value = number;
  return {end, std::errc()};
}

std::from_chars_result decimal_from(const char* first, const char* last, double& value) {
#ifdef __cpp_lib_to_chars
  return std::from_chars(first, last, value);
#else
  return decimal_from_plainly(first, last, value);
#endif
}

}  // namespace lfmfit
