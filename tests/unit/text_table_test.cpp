#include "render/text_table.hpp"

#include <algorithm>
#include <string>

#include "catch.hpp"

using namespace lfmfit::render;

namespace {

TextTable example() {
  TextTable table({{"Device", Align::kLeft, true}, {"GB", Align::kRight}, {"runs"}});
  table.add({{"GeForce RTX 4090 Founders Edition"}, {"25.2"}, {"great", Style::kGood}});
  table.add({{"A2"}, {"8"}, {""}});
  return table;
}

}  // namespace

TEST_CASE("columns are aligned and lines have no trailing blanks") {
  CHECK(example().text({80, false}) ==
        "Device                               GB  runs\n"
        "GeForce RTX 4090 Founders Edition  25.2  great\n"
        "A2                                    8\n");
}

TEST_CASE("an elastic column gives way to a narrow page") {
  std::size_t longest = 0;
  std::size_t start = 0;
  const std::string text = example().text({30, false});
  for (std::size_t end = text.find('\n'); end != std::string::npos; start = end + 1, end = text.find('\n', start)) {
    // bytes that continue a character of several take no column
    const auto columns = std::count_if(text.begin() + static_cast<std::ptrdiff_t>(start),
                                       text.begin() + static_cast<std::ptrdiff_t>(end),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    longest = std::max(longest, static_cast<std::size_t>(columns));
  }
  CHECK(longest == 30);
}

TEST_CASE("colour does not shift columns") {
  const std::string text = example().text({80, true});
  CHECK(text.find("25.2  \x1b[32mgreat\x1b[0m\n") != std::string::npos);
}

TEST_CASE("cells cannot steer the terminal") {
  TextTable table({{"Name"}});
  table.add({{"evil\x1b]0;title\x07"}});
  CHECK(table.text({80, false}) == "Name\nevil?]0;title?\n");
}
