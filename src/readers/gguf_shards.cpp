#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/gguf.hpp"
#include "readers/named_file.hpp"

namespace lfmfit {

namespace {

// gguf-split names its pieces "<prefix>-00001-of-00003.gguf".
constexpr std::size_t kDigits = 5;
constexpr std::string_view kOf = "-of-";
constexpr std::string_view kExtension = ".gguf";
constexpr std::size_t kSuffix = 1 + kDigits + kOf.size() + kDigits + kExtension.size();
constexpr std::int64_t kMaxShards = 1024;

bool is_number(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The parts of a piece's file name.
struct ShardName {
  std::string_view prefix, number, count;
};

std::optional<ShardName> parse(std::string_view path) {
  if (path.size() < kSuffix) return std::nullopt;
  const std::string_view suffix = path.substr(path.size() - kSuffix);
  const ShardName name{path.substr(0, path.size() - kSuffix), suffix.substr(1, kDigits),
                       suffix.substr(1 + kDigits + kOf.size(), kDigits)};
  const bool matches = suffix[0] == '-' && is_number(name.number) && suffix.substr(1 + kDigits, kOf.size()) == kOf &&
                       is_number(name.count) && suffix.substr(kSuffix - kExtension.size()) == kExtension;
  return matches ? std::optional<ShardName>(name) : std::nullopt;
}

void check_shard(const GgufHeader& shard, const std::string& path, std::int64_t number, std::int64_t count) {
  if (shard.integer("split.no") != number || shard.integer("split.count") != count) {
    refuse(path, fmt::format("its metadata does not say that it is piece {} of {}; it belongs to another model",
                             number + 1, count));
  }
}

void check_tensors(const std::vector<GgufHeader>& shards, const std::string& path) {
  std::vector<std::string_view> names;
  for (const GgufHeader& shard : shards) {
    for (const GgufTensor& tensor : shard.tensors) names.push_back(tensor.name);
  }
  const std::int64_t expected =
      shards[0].integer("split.tensors.count").value_or(static_cast<std::int64_t>(names.size()));
  if (expected != static_cast<std::int64_t>(names.size())) {
    refuse(path, fmt::format("the pieces hold {} tensors, split.tensors.count says {}; download them again",
                             names.size(), expected));
  }
  std::sort(names.begin(), names.end());
  const auto twin = std::adjacent_find(names.begin(), names.end());
  if (twin != names.end())
    refuse(path, fmt::format("tensor \"{}\" is in two pieces; download them again", printable(*twin)));
}

}  // namespace

std::vector<std::string> gguf_shards(const std::string& path, std::int64_t count) {
  if (count <= 1) return {path};
  const std::optional<ShardName> name = parse(path);
  if (!name || name->count != fmt::format("{:05}", count) || count > kMaxShards) {
    refuse(path,
           fmt::format("is one of {} pieces, but its name does not end as gguf-split's do (\"-00001-of-{:05}.gguf\"); "
                       "rename the pieces so, or join them with llama-gguf-split --merge",
                       count, count));
  }
  std::vector<std::string> paths;
  for (std::int64_t number = 1; number <= count; ++number) {
    paths.push_back(fmt::format("{}-{:05}-of-{:05}.gguf", name->prefix, number, count));
  }
  return paths;
}

std::vector<GgufHeader> read_gguf_shards(const std::string& path, const TensorTypeLookup& tensor_type) {
  std::vector<GgufHeader> shards;
  shards.push_back(read_gguf(*open_file(path), tensor_type));
  const std::int64_t count = shards[0].integer("split.count").value_or(1);
  if (count <= 1) return shards;

  const std::vector<std::string> paths = gguf_shards(path, count);
  shards.clear();
  for (const std::string& shard : paths) {
    shards.push_back(read_gguf(*open_file(shard), tensor_type));
    check_shard(shards.back(), shard, static_cast<std::int64_t>(shards.size()) - 1, count);
  }
  check_tensors(shards, path);
  return shards;
}

}  // namespace lfmfit
