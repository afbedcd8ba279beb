#include "lfmfit/safetensors.hpp"

#include <random>

#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/safetensors_writer.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;
using test::SafetensorsWriter;

namespace {

SafetensorsHeader safetensors_header(const std::string& bytes) {
  return read_safetensors(*bytes_in_memory("test.safetensors", bytes));
}

SafetensorsWriter small_file() {
  SafetensorsWriter writer;
  writer.tensor("z.weight", "BF16", {4, 2}, 16).tensor("a.scale", "F32", {}, 4).tensor("m.blocks", "F4", {3, 2}, 3);
  return writer;
}

}  // namespace

TEST_CASE("A safetensors header is read in the order of its data") {
  const SafetensorsHeader header = safetensors_header(small_file().file());
  REQUIRE(header.tensors.size() == 3);
  CHECK(header.tensors[0].name == "z.weight");
  CHECK(header.tensors[0].shape == std::vector<std::int64_t>{4, 2});
  CHECK(header.tensors[1].shape.empty());
  CHECK(header.tensors[2].dtype == "F4");
  CHECK(header.tensors[2].bytes == Bytes(3));
  CHECK(header.data_offset + Bytes(23) == header.file_bytes);
}

TEST_CASE("A safetensors file that contradicts itself is refused by name") {
  const auto refused = [](SafetensorsWriter writer) { return safetensors_header(writer.file()); };
  CHECK_THROWS_WITH(refused(SafetensorsWriter().tensor("t", "BF16", {4}, 9)),
                    Contains("takes 9 bytes, but its dtype and shape say 8"));
  CHECK_THROWS_WITH(refused(SafetensorsWriter().tensor("t", "F7", {4}, 4)), Contains("unknown dtype \"F7\""));
  CHECK_THROWS_WITH(refused(SafetensorsWriter().tensor("t", "F4", {3}, 1)), Contains("takes 1 bytes"));
  CHECK_THROWS_WITH(refused(SafetensorsWriter().tensor("t", "F32", {std::int64_t{1} << 40, std::int64_t{1} << 40}, 4)),
                    Contains("too big"));
  CHECK_THROWS_WITH(refused(SafetensorsWriter().tensor("t", "F32", {-1}, 4)), Contains("no number below 2^62"));
  SafetensorsWriter gap = small_file();
  gap.header().erase("a.scale");
  CHECK_THROWS_WITH(safetensors_header(gap.file()), Contains("expected 16"));
  CHECK_THROWS_WITH(
      safetensors_header(SafetensorsWriter::of(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{}})", 1)),
      Contains("names the key \"a\" twice"));
  CHECK_THROWS_WITH(safetensors_header(SafetensorsWriter::of(R"({"a":7})", 0)), Contains("no usable \"dtype\""));
  CHECK_THROWS_WITH(safetensors_header(SafetensorsWriter::of("[]", 0)), Contains("no JSON object"));
  CHECK_THROWS_WITH(safetensors_header(SafetensorsWriter::of("{", 0)), Contains("is no JSON"));
  CHECK_THROWS_WITH(
      safetensors_header(SafetensorsWriter::of("{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}", 0)),
      Contains("32 levels"));
}

TEST_CASE("A safetensors file of the wrong length is refused") {
  const std::string file = small_file().file();
  CHECK_THROWS_WITH(safetensors_header(file.substr(0, file.size() - 1)),
                    Contains("truncated: " + std::to_string(file.size() - 1) + " of " + std::to_string(file.size())));
  CHECK_THROWS_WITH(safetensors_header(file + "x"), Contains("1 bytes follow"));
  CHECK_THROWS_WITH(safetensors_header(std::string(7, '\0')), Contains("truncated"));
  CHECK_THROWS_WITH(safetensors_header(std::string(8, '\xff')), Contains("would have 18446744073709551615 bytes"));
  CHECK_THROWS_WITH(safetensors_header(file.substr(0, 40)), Contains("inside its header"));
}

TEST_CASE("Random damage to a safetensors file never does harm") {
  const std::string valid = small_file().file();
  std::mt19937_64 random(99);
  int refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = valid;
    for (std::uint64_t i = 0; i <= random() % 4; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      safetensors_header(damaged);
    } catch (const Error& error) {
      ++refused;
      if (std::string(error.what()).find('\n') != std::string::npos) FAIL("round " << round);
    }
  }
  CHECK(refused > 10000);
}

TEST_CASE("The weights of a folder are the files of its index, every byte counted") {
  const test::TemporaryFolder folder;
  SafetensorsWriter first, second;
  first.tensor("a", "BF16", {10}, 20).tensor("b", "F32", {2}, 8);
  second.tensor("c", "BF16", {5}, 10);
  folder.write("model-00001-of-00002.safetensors", first.file());
  folder.write("model-00002-of-00002.safetensors", second.file());
  folder.write("extra.safetensors", first.file());
  const std::string index = folder.write(
      "model.safetensors.index.json",
      R"({"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00001-of-00002.safetensors","c":"model-00002-of-00002.safetensors"}})");
  const StoredWeights stored = read_stored_weights(folder.path());
  CHECK(stored.files.size() == 2);
  CHECK(stored.tensor_bytes == Bytes(38));
  CHECK(stored.tensors == 3);
  REQUIRE(stored.dtypes.size() == 2);
  CHECK(stored.dtypes[0].dtype == "BF16");
  CHECK(stored.dtypes[0].elements == 15);
  CHECK(stored.file_bytes == Bytes(static_cast<std::int64_t>(first.file().size() + second.file().size())));

  SECTION("a file that is missing is named") {
    std::filesystem::remove(folder.file("model-00002-of-00002.safetensors"));
    CHECK_THROWS_WITH(read_stored_weights(folder.path()), Contains("model-00002-of-00002.safetensors: No such file"));
  }
  SECTION("an index cannot point out of its folder") {
    folder.write("model.safetensors.index.json", R"({"weight_map":{"a":"../extra.safetensors"}})");
    CHECK_THROWS_WITH(read_stored_weights(folder.path()), Contains("no name of a safetensors file"));
  }
  SECTION("without an index every file counts, and a tensor may be in one only") {
    std::filesystem::remove(index);
    CHECK_THROWS_WITH(read_stored_weights(folder.path()), Contains("tensor \"a\" is in two files"));
    std::filesystem::remove(folder.file("extra.safetensors"));
    CHECK(read_stored_weights(folder.path()).tensor_bytes == Bytes(38));
  }
}

TEST_CASE("A folder without safetensors has no stored weights") {
  const test::TemporaryFolder folder;
  CHECK(read_stored_weights(folder.path()).files.empty());
}
