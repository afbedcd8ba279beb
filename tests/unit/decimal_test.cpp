#include "core/base/decimal.hpp"

#include <string>

#include "catch.hpp"

using namespace lfmfit;

namespace {

struct Read {
  double value = -77;
  std::size_t length = 0;
  std::errc error{};

  bool operator==(const Read&) const = default;
};

template <class Function>
Read read_by(Function function, const std::string& text) {
  Read read;
  const auto result = function(text.data(), text.data() + text.size(), read.value);
  return {read.value, static_cast<std::size_t>(result.ptr - text.data()), result.ec};
}

}  // namespace

TEST_CASE("a decimal is read as far as it goes, and by any library alike") {
  const auto [text, value, length] =
      GENERATE(table<std::string, double, std::size_t>({{"24GiB", 24, 2},
                                                        {"-2.5", -2.5, 4},
                                                        {".5", 0.5, 2},
                                                        {"1e3 GB", 1000, 3},
                                                        {"7.", 7, 2},
                                                        {"1e", 1, 1},
                                                        {"2e+x", 2, 1},
                                                        {"0.1", 0.1, 3},
                                                        {"6.02214076e23", 6.02214076e23, 13},
                                                        {"1008", 1008, 4},
                                                        {"5E-1", 0.5, 4}}));
  CAPTURE(text);
  const Read expected{value, length, std::errc()};
  CHECK(read_by(decimal_from, text) == expected);
  CHECK(read_by(decimal_from_plainly, text) == expected);
}

TEST_CASE("what is no decimal, or none that a double holds, is told so by any library alike") {
  const auto [text, error] = GENERATE(table<std::string, std::errc>({{"", std::errc::invalid_argument},
                                                                     {"GiB", std::errc::invalid_argument},
                                                                     {"+5", std::errc::invalid_argument},
                                                                     {" 5", std::errc::invalid_argument},
                                                                     {".", std::errc::invalid_argument},
                                                                     {"-", std::errc::invalid_argument},
                                                                     {"-.e5", std::errc::invalid_argument},
                                                                     {"1e999", std::errc::result_out_of_range},
                                                                     {"1e-999", std::errc::result_out_of_range}}));
  CAPTURE(text);
  const Read plain = read_by(decimal_from_plainly, text);
  CHECK(plain.error == error);
  CHECK(read_by(decimal_from, text) == plain);
}
