#include "lfmfit/pooling.hpp"

#include "catch.hpp"

namespace lfmfit {

TEST_CASE("A pooling is called as llama.cpp's option calls it, and nothing else") {
  for (const Pooling pooling : {Pooling::kNone, Pooling::kMean, Pooling::kCls, Pooling::kLast, Pooling::kRank})
    CHECK(pooling_called(name_of(pooling)) == pooling);
  CHECK_FALSE(pooling_called("average"));
  CHECK_FALSE(pooling_called(""));
}

}  // namespace lfmfit
