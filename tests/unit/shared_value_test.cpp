#include "lfmfit/shared_value.hpp"

#include <string>

#include "catch.hpp"

namespace lfmfit {

TEST_CASE("Copies of a shared value are one value") {
  const SharedValue<std::string> one = std::string("alike");
  const SharedValue<std::string> copy = one;
  CHECK(&*one == &*copy);
  CHECK(copy->size() == 5);
  CHECK(one == SharedValue<std::string>(std::string("alike")));
  CHECK_FALSE(one == SharedValue<std::string>(std::string("other")));
}

TEST_CASE("A shared value may be missing") {
  SharedValue<std::string> none = std::nullopt;
  CHECK_FALSE(none);
  CHECK(none == SharedValue<std::string>(std::optional<std::string>()));
  CHECK_FALSE(none == SharedValue<std::string>(std::string()));
  none = std::optional<std::string>("there");
  CHECK(none.has_value());
  none.reset();
  CHECK_FALSE(none.has_value());
}

}  // namespace lfmfit
