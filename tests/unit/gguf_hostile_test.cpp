#include <random>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/gguf.hpp"
#include "support/gguf_writer.hpp"
#include "support/tensor_types.hpp"

using namespace lfmfit;
using test::GgufWriter;

namespace {

/// Reads a damaged file: either it is still a GGUF, or one line of kind kBadFile says why not.
bool is_read_or_refused(const std::string& bytes) {
  try {
    read_gguf(*bytes_in_memory("hostile.gguf", bytes), test::tensor_type_of);
    return true;
  } catch (const Error& error) {
    const std::string message = error.what();
    return error.kind() == ErrorKind::kBadFile && message.find('\n') == std::string::npos && message.size() < 1000;
  }
}

std::string valid_file() {
  GgufWriter writer;
  writer.text("general.architecture", "lfm2").u32("general.alignment", 32).u32("lfm2.block_count", 2);
  writer.i32s("lfm2.attention.head_count_kv", {0, 8}).flags("f", {true, false}).f32s("s", {1.0F, 2.0F}).tokens(20);
  writer.tensor("token_embd.weight", {256, 20}, 12, 2880).tensor("blk.0.attn_norm.weight", {256}, 0, 1024);
  writer.tensor("blk.1.ffn_up_exps.weight", {32, 4, 4}, 8, 544);
  return writer.file();
}

constexpr std::uint64_t kNasty[] = {0,
                                    1,
                                    0x7F,
                                    0xFF,
                                    0x7FFF,
                                    0xFFFF,
                                    0x7FFFFFFF,
                                    0x80000000,
                                    0xFFFFFFFF,
                                    0x100000000,
                                    0x7FFFFFFFFFFFFFFF,
                                    0x8000000000000000,
                                    0xFFFFFFFFFFFFFFFF,
                                    0xFFFFFFFFFFFFFFE0};

}  // namespace

TEST_CASE("Every number of a GGUF header may be replaced by a nasty one") {
  const std::string valid = valid_file();
  REQUIRE(is_read_or_refused(valid));
  const std::size_t header = valid.size() - 4448;
  for (std::size_t at = 4; at < header; ++at) {
    for (const std::uint64_t number : kNasty) {
      for (const std::size_t width : {std::size_t{4}, std::size_t{8}}) {
        std::string damaged = valid;
        for (std::size_t i = 0; i < width; ++i) damaged[at + i] = static_cast<char>(number >> (8 * i));
        if (!is_read_or_refused(damaged)) FAIL("at byte " << at << ", " << number);
      }
    }
  }
}

TEST_CASE("Random damage to a GGUF never does harm") {
  const std::string valid = valid_file();
  std::mt19937_64 random(20240607);
  for (int round = 0; round < 50000; ++round) {
    std::string damaged = valid;
    const auto changes = 1 + random() % 8;
    for (std::uint64_t i = 0; i < changes; ++i)
      damaged[4 + random() % (damaged.size() - 4)] = static_cast<char>(random());
    if (random() % 4 == 0) damaged.resize(random() % damaged.size());
    if (random() % 4 == 0)
      damaged.insert(random() % (damaged.size() + 1), std::string(random() % 64, static_cast<char>(random())));
    if (!is_read_or_refused(damaged)) FAIL("round " << round);
  }
}

TEST_CASE("Random bytes after the magic never do harm") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes = "GGUF" + std::string("\3\0\0\0", 4);
    const auto size = random() % 300;
    for (std::uint64_t i = 0; i < size; ++i) bytes.push_back(random() % 3 == 0 ? static_cast<char>(random()) : '\0');
    if (!is_read_or_refused(bytes)) FAIL("round " << round);
  }
}

TEST_CASE("Lists that no model needs are refused before they fill the memory") {
  test::GgufWriter writer;
  writer.text("general.architecture", "lfm2");
  const std::vector<std::int32_t> layers(1024, 1);
  for (int key = 0; key < 3000; ++key) writer.i32s("junk." + std::to_string(key), layers);
  CHECK_THROWS_WITH(read_gguf(*bytes_in_memory("test.gguf", writer.file()), test::tensor_type_of),
                    Catch::Matchers::Contains("take more memory than any model's"));
}
