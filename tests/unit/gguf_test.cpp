#include "lfmfit/gguf.hpp"

#include <filesystem>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/gguf_writer.hpp"
#include "support/temporary_folder.hpp"
#include "support/tensor_types.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::GgufWriter;
using test::TemporaryFolder;

namespace {

GgufHeader header_of(const std::string& bytes) {
  return read_gguf(*bytes_in_memory("test.gguf", bytes), test::tensor_type_of);
}

GgufWriter small_model(std::uint32_t version = 3, bool big_endian = false) {
  GgufWriter writer(version, big_endian);
  writer.text("general.architecture", "lfm2").u32("lfm2.block_count", 2).i32s("lfm2.attention.head_count_kv", {0, -8});
  writer.f32("lfm2.rope.freq_base", 1.5F).flag("lfm2.attention.causal", true).tokens(1000);
  writer.tensor("token_embd.weight", {256, 1000}, 12, 144000).tensor("blk.0.attn_norm.weight", {256}, 0, 1024);
  return writer;
}

std::string message_of(const std::string& bytes) {
  try {
    header_of(bytes);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::kBadFile);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("A GGUF's metadata and tensors are read as they were written") {
  const bool big_endian = GENERATE(false, true);
  const auto version = GENERATE(2U, 3U);
  const GgufWriter writer = small_model(version, big_endian);
  const GgufHeader header = header_of(writer.file());
  CHECK(header.version == static_cast<int>(version));
  CHECK(header.big_endian == big_endian);
  CHECK(header.text("general.architecture") == "lfm2");
  CHECK(header.integer("lfm2.block_count") == 2);
  CHECK(header.find("lfm2.attention.head_count_kv")->integers == std::vector<std::int64_t>{0, -8});
  CHECK(header.find("lfm2.rope.freq_base")->reals == std::vector<double>{1.5});
  CHECK(header.integer("lfm2.attention.causal") == 1);
  CHECK(header.find("tokenizer.ggml.tokens")->count == 1000);
  CHECK_FALSE(header.integer("lfm2.no_such_key").has_value());
  REQUIRE(header.tensors.size() == 2);
  CHECK(header.tensors[0].name == "token_embd.weight");
  CHECK(header.tensors[0].shape == Shape{256, 1000, 1, 1});
  CHECK(header.tensors[0].type->name == "q4_k");
  CHECK(header.tensors[0].bytes == Bytes(144000));
  CHECK(header.tensors[1].offset == 144000);
  CHECK(header.data_offset.count() == static_cast<std::int64_t>(writer.header().size()));
}

TEST_CASE("A list longer than any model has layers is counted, not kept") {
  GgufWriter writer;
  writer.i32s("tokenizer.ggml.token_type", std::vector<std::int32_t>(5000, 1)).u32("after", 7);
  const std::string file = writer.file();
  const GgufHeader header = header_of(file);
  CHECK(header.find("tokenizer.ggml.token_type")->count == 5000);
  CHECK(header.find("tokenizer.ggml.token_type")->integers.empty());
  CHECK(header.integer("after") == 7);
}

TEST_CASE("A long text is cut, and its length known") {
  const std::string chat_template(200000, 'x');
  const std::string file = GgufWriter().text("tokenizer.chat_template", chat_template).u32("after", 7).file();
  const GgufHeader header = header_of(file);
  CHECK(header.find("tokenizer.chat_template")->text.size() == 4096);
  CHECK(header.find("tokenizer.chat_template")->text_bytes == 200000);
  CHECK(header.integer("after") == 7);
}

TEST_CASE("A file that ends before its last tensor says how much is there") {
  std::string file = small_model().file();
  const std::size_t whole = file.size();
  file.resize(whole - 1);
  CHECK_THAT(message_of(file),
             Contains("truncated: " + std::to_string(whole - 1) + " of " + std::to_string(whole) + " bytes"));
}

TEST_CASE("The padding after the last tensor may be missing") {
  GgufWriter writer;
  writer.tensor("a", {3}, 0, 12);
  CHECK(header_of(writer.header() + std::string(12, '\0')).tensors[0].bytes == Bytes(12));
  CHECK_THAT(message_of(writer.header() + std::string(11, '\0')), Contains("truncated"));
}

TEST_CASE("A header that is cut off anywhere is refused") {
  const std::string header = small_model().header();
  for (std::size_t size = 0; size < header.size(); ++size) {
    CAPTURE(size);
    CHECK(message_of(header.substr(0, size)) != "no error");
  }
}

TEST_CASE("What llama.cpp refuses is refused by name") {
  CHECK_THAT(message_of("GGML" + std::string(100, '\0')), Contains("is no GGUF file"));
  CHECK_THAT(message_of(GgufWriter(1).file()), Contains("version 1"));
  CHECK_THAT(message_of(GgufWriter(4).file()), Contains("version 4"));
  CHECK_THAT(message_of(GgufWriter().u32("a", 1).u32("a", 2).file()), Contains("key \"a\" occurs twice"));
  CHECK_THAT(message_of(GgufWriter().tensor("t", {4}, 0, 16).tensor("t", {4}, 0, 16).file()),
             Contains("tensor \"t\" occurs twice"));
  CHECK_THAT(message_of(GgufWriter().tensor("t", {4}, 31, 16).file()), Contains("ggml type 31"));
  CHECK_THAT(message_of(GgufWriter().tensor("t", {255}, 12, 144).file()), Contains("rows of 255 numbers"));
  CHECK_THAT(message_of(GgufWriter().tensor("t", {1, 1, 1, 1, 1}, 0, 4).file()), Contains("5 dimensions"));
  CHECK_THAT(message_of(GgufWriter().tensor("t", {std::int64_t{1} << 40, std::int64_t{1} << 40}, 0, 4).file()),
             Contains("2^63"));
  CHECK_THAT(message_of(GgufWriter().tensor("t", {-1}, 0, 4).file()), Contains("dimension"));
  CHECK_THAT(message_of(GgufWriter().tensor(std::string(64, 'n'), {4}, 0, 16).file()), Contains("name of 64 bytes"));
  CHECK_THAT(message_of(GgufWriter().tensor("a", {4}, 0, 64).tensor("b", {4}, 0, 16).file()), Contains("expected 32"));
  CHECK_THAT(message_of(GgufWriter().u32("general.alignment", 24).file()), Contains("24"));
  CHECK_THAT(message_of(GgufWriter().u32("general.alignment", 0).file()), Contains("power of two"));
  CHECK_THAT(message_of(GgufWriter().u64("general.alignment", 32).file()), Contains("general.alignment"));
  CHECK_THAT(message_of(GgufWriter().u32("", 1).file()), Contains("name of 0 bytes"));
}

TEST_CASE("A message about a file stays one printable line") {
  const std::string message = message_of(GgufWriter().u32("a\n\x1b[31m\xff", 1).u32("a\n\x1b[31m\xff", 2).file());
  CHECK_THAT(message, Contains("a??[31m?"));
  CHECK(message.find('\n') == std::string::npos);
}

TEST_CASE("Another alignment moves the tensors") {
  GgufWriter writer;
  writer.u32("general.alignment", 256).align(256).tensor("a", {4}, 0, 16).tensor("b", {4}, 0, 16);
  CHECK(header_of(writer.file()).tensors[1].offset == 256);
}

TEST_CASE("The pieces of a split model are found from any of them") {
  const TemporaryFolder folder;
  for (std::uint16_t number = 0; number < 3; ++number) {
    GgufWriter writer;
    writer.u16("split.no", number).u16("split.count", 3).i32("split.tensors.count", 3);
    writer.tensor("blk." + std::to_string(number) + ".w", {4}, 0, 16);
    writer.write_sparse(folder.file("m-0000" + std::to_string(number + 1) + "-of-00003.gguf"));
  }
  for (const char* number : {"1", "2", "3"}) {
    const std::string path = folder.file(std::string("m-0000") + number + "-of-00003.gguf");
    const std::vector<GgufHeader> shards = read_gguf_shards(path, test::tensor_type_of);
    REQUIRE(shards.size() == 3);
    CHECK(shards[2].tensors[0].name == "blk.2.w");
  }

  const std::string third = folder.file("m-00003-of-00003.gguf");
  const std::string first = folder.file("m-00001-of-00003.gguf");
  SECTION("a missing piece is named") {
    std::filesystem::remove(third);
    CHECK_THROWS_WITH(read_gguf_shards(first, test::tensor_type_of), Contains("m-00003-of-00003.gguf: No such file"));
  }
  SECTION("a piece of another model is refused") {
    GgufWriter().u16("split.no", 2).u16("split.count", 4).tensor("x", {4}, 0, 16).write_sparse(third);
    CHECK_THROWS_WITH(read_gguf_shards(first, test::tensor_type_of), Contains("belongs to another model"));
  }
  SECTION("tensors that are missing are counted") {
    GgufWriter().u16("split.no", 2).u16("split.count", 3).write_sparse(third);
    CHECK_THROWS_WITH(read_gguf_shards(first, test::tensor_type_of),
                      Contains("hold 2 tensors, split.tensors.count says 3"));
  }
  SECTION("a tensor in two pieces is refused") {
    GgufWriter().u16("split.no", 2).u16("split.count", 3).tensor("blk.0.w", {4}, 0, 16).write_sparse(third);
    CHECK_THROWS_WITH(read_gguf_shards(first, test::tensor_type_of), Contains("is in two pieces"));
  }
  SECTION("a piece under another name says what to do") {
    const std::string renamed = folder.file("renamed.gguf");
    std::filesystem::rename(first, renamed);
    CHECK_THROWS_WITH(read_gguf_shards(renamed, test::tensor_type_of), Contains("rename the pieces"));
  }
}

TEST_CASE("A file that only looks like a piece is read as it is") {
  const TemporaryFolder folder;
  const std::string path = folder.file("m-00001-of-00003.gguf");
  small_model().write_sparse(path);
  CHECK(read_gguf_shards(path, test::tensor_type_of).size() == 1);
}
