#include "readers/hyperparameters.hpp"

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/gguf_writer.hpp"
#include "support/reader_facts.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

Hyperparameters of(const test::GgufWriter& writer) {
  return Hyperparameters::of(read_gguf(*bytes_in_memory("t.gguf", writer.file()), test::reader_facts().tensor_type),
                             "t.gguf");
}

test::GgufWriter writer() {
  test::GgufWriter writer;
  writer.text("general.architecture", "lfm2");
  return writer;
}

}  // namespace

TEST_CASE("A key without the architecture's name is none of a model's") {
  const Hyperparameters parameters = of(writer().u32("lfm2.block_count", 16).u32("llama.block_count", 7));
  CHECK(parameters.required("block_count") == 16);
  CHECK_FALSE(parameters.has("embedding_length"));
}

TEST_CASE("A key of another type is named when its number is wanted") {
  const Hyperparameters parameters = of(writer()
                                            .text("lfm2.block_count", "16")
                                            .f32("lfm2.embedding_length", 2048.0F)
                                            .texts("lfm2.attention.head_count_kv", {"8", "8"})
                                            .text("lfm2.rope.scaling.type", "yarn"));
  CHECK_THROWS_WITH(parameters.required("block_count"), Contains("lfm2.block_count is str"));
  CHECK_THROWS_WITH(parameters.number("embedding_length"), Contains("is a fraction"));
  CHECK_THROWS_WITH(parameters.number("attention.head_count_kv", 0), Contains("a list of 2 str"));
  CHECK_THROWS_WITH(parameters.has("attention.head_count_kv"), Contains("a list of 2 str"));
}

TEST_CASE("A whole number serves where a real one is wanted") {
  CHECK(of(writer().u32("lfm2.scale", 2)).real("scale") == 2.0);
  CHECK(of(writer().f32("lfm2.scale", 0.5F)).real("scale") == 0.5);
  CHECK_FALSE(of(writer()).real("scale"));
}
