#include "ask/size_words.hpp"

#include <cmath>

#include "core/base/decimal.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit::ask {

Bytes parse_size(const std::string& what, const std::string& text, Bytes least) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = decimal_from(text.data(), end, number);
  using namespace literals;
  const std::string unit(rest, end);
  double bytes = 0;
  if (unit == "GiB" || unit == "G" || unit.empty()) bytes = static_cast<double>((1_GiB).count());
  if (unit == "MiB") bytes = static_cast<double>((1_MiB).count());
  if (unit == "GB") bytes = static_cast<double>((1_GB).count());
  bytes *= number;
  if (error != std::errc() || !std::isfinite(bytes) || bytes < static_cast<double>(least.count()) || bytes > 1e15) {
    throw Error(ErrorKind::kBadRequest,
                what + " '" + text + "' is not a size of memory; write 24GiB, 24GB or 24576MiB");
  }
  return Bytes(std::llround(bytes));
}

}  // namespace lfmfit::ask
