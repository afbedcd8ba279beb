#include "catalog/publisher_mix_rows.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/quantization_data.hpp"

namespace {

using Catch::Matchers::Contains;
using namespace lfmfit;

/// Reads a file with one publisher, one kind and the row `row`.
PublisherMixes mixes_of(const std::string& row,
                        const std::string& kinds = R"({"name": "all", "about": "every model"})") {
  return read_publisher_mixes("mixes.json",
                              R"({"source": "test", "ladder": ["q4_k", "q5_k", "q6_k"],
       "publishers": [{"name": "me", "prefix": "my-", "importance_matrix": true}], "kinds": [)" +
                                  kinds +
                                  R"(], "rule_sets": [{"name": "ends", "rules": [{"role": "output", "type": "q8_0"}]}],
       "publisher_mixes": [)" + row +
                                  "]}",
                              test::find_tensor_type, test::quantizations());
}

TEST_CASE("A mix is a plain file type with rules before it, a scale and bounds") {
  const PublisherMixes mixes = mixes_of(
      R"({"id": "me:XL:all", "like": "Q4_K_M", "rules": [{"use": "ends"}], "scale": 1.25, "low": 1, "high": 1.5,
               "sizes": 4, "families": 2})");
  REQUIRE(mixes.mixes.size() == 1);
  const PublisherMix& mix = mixes.mixes.front();
  CHECK(mix.publisher == "me");
  CHECK(mix.name == "XL");
  CHECK(mix.kind == "all");
  CHECK(mix.sizes == 4);
  CHECK(mix.families == 2);
  CHECK(mix.recipe.name == "me:XL");
  CHECK(mix.recipe.like == "Q4_K_M");
  CHECK(mix.recipe.rules.size() == test::quantization("Q4_K_M").rules.size() + 1);
  CHECK(mix.recipe.rules.front().type->name == "q8_0");
  CHECK(mix.recipe.scale == Approx(1.25));
  CHECK(mix.recipe.low == Approx(0.8));
  CHECK(mix.recipe.high == Approx(1.2));
  CHECK(mix.recipe.importance_matrix);
  CHECK_FALSE(mix.recipe.listed);
  CHECK_FALSE(mix.recipe.recommended);
  CHECK(mixes.publishers.front().prefix == "my-");
}

TEST_CASE("A row that makes no sense is named with its key") {
  CHECK_THROWS_WITH(mixes_of(R"({"id": "me:XL", "like": "Q4_K_M", "low": 1, "high": 1})"),
                    Contains("me:XL") && Contains("PUBLISHER:NAME:KIND"));
  CHECK_THROWS_WITH(mixes_of(R"({"id": "you:XL:all", "like": "Q4_K_M", "low": 1, "high": 1})"), Contains("you"));
  CHECK_THROWS_WITH(mixes_of(R"({"id": "me:XL:some", "like": "Q4_K_M", "low": 1, "high": 1})"), Contains("some"));
  CHECK_THROWS_WITH(mixes_of(R"({"id": "me:XL:all", "like": "Q9", "low": 1, "high": 1})"), Contains("\"like\""));
  CHECK_THROWS_WITH(mixes_of(R"({"id": "me:XL:all", "like": "Q4_K_M", "low": 1.1, "high": 1.2})"),
                    Contains("\"scale\""));
  CHECK_THROWS_WITH(mixes_of(R"({"id": "me:XL:all", "like": "Q4_K_M", "scale": 3, "low": 1, "high": 9})"),
                    Contains("\"high\""));
  CHECK_THROWS_WITH(mixes_of(R"({"id": "me:XL:all", "like": "Q4_K_M", "low": 1, "high": 1, "wide": 2})"),
                    Contains("wide"));
  CHECK_THROWS_WITH(mixes_of("", R"({"name": "all", "about": "x", "otherwise": "none"})"), Contains("none"));
}

}  // namespace
