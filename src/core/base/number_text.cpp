#include "core/base/number_text.hpp"

namespace lfmfit {

std::string grouped(std::int64_t number) {
  std::string text = std::to_string(number);
  const int first_digit = number < 0 ? 1 : 0;
  for (int place = static_cast<int>(text.size()) - 3; place > first_digit; place -= 3) {
    text.insert(static_cast<std::size_t>(place), 1, ',');
  }
  return text;
}

}  // namespace lfmfit
