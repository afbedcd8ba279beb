#include "readers/gguf_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "core/base/limits.hpp"
#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kKeptElements = 1024;
static_assert(kKeptElements >= kMaxLayers, "a value for each layer is kept whole");
constexpr std::int64_t kKeptText = 4096;

struct TypeTraits {
  const char* name;
  std::size_t bytes;  // 0: of variable length
};
constexpr std::array<TypeTraits, 13> kTypes{{{"u8", 1},
                                             {"i8", 1},
                                             {"u16", 2},
                                             {"i16", 2},
                                             {"u32", 4},
                                             {"i32", 4},
                                             {"f32", 4},
                                             {"bool", 1},
                                             {"str", 0},
                                             {"arr", 0},
                                             {"u64", 8},
                                             {"i64", 8},
                                             {"f64", 8}}};

std::size_t size_of(GgufType type) { return kTypes[static_cast<std::size_t>(type)].bytes; }

/// `bits`, the low `bytes` of which are a two's complement number, as such.
std::int64_t signed_number(std::uint64_t bits, std::size_t bytes) {
  const auto shift = static_cast<unsigned>(64 - 8 * bytes);
  return static_cast<std::int64_t>(bits << shift) >> shift;
}

void keep_number(GgufValue& value, std::uint64_t bits) {
  switch (value.type) {
    case GgufType::kFloat32: {
      const auto narrow = static_cast<std::uint32_t>(bits);
      float number = 0;
      std::memcpy(&number, &narrow, sizeof number);
      value.reals.push_back(static_cast<double>(number));
      return;
    }
    case GgufType::kFloat64: {
      double number = 0;
      std::memcpy(&number, &bits, sizeof number);
      value.reals.push_back(number);
      return;
    }
    case GgufType::kBool: value.integers.push_back(bits != 0 ? 1 : 0); return;
    case GgufType::kInt8:
    case GgufType::kInt16:
    case GgufType::kInt32:
    case GgufType::kInt64: value.integers.push_back(signed_number(bits, size_of(value.type))); return;
    default:
      if (bits > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        value.reals.push_back(static_cast<double>(bits));
      } else {
        value.integers.push_back(static_cast<std::int64_t>(bits));
      }
  }
}

void read_array(ByteCursor& cursor, GgufValue& value, std::uint64_t count) {
  const std::size_t size = size_of(value.type);
  // Each element takes at least its size, or a text's length field: a count that cannot be true ends here.
  const std::size_t least = size > 0 ? size : 8;
  if (count > static_cast<std::uint64_t>(cursor.remaining()) / least)
    cursor.skip(std::numeric_limits<std::uint64_t>::max());
  value.count = static_cast<std::int64_t>(count);
  if (value.type == GgufType::kString) {
    for (std::uint64_t i = 0; i < count; ++i) cursor.skip(cursor.read_u64());
  } else if (value.count > kKeptElements) {
    cursor.skip(count * size);
  } else {
    cursor.keep(count * sizeof(std::int64_t));
    const bool is_real = value.type == GgufType::kFloat32 || value.type == GgufType::kFloat64;
    is_real ? value.reals.reserve(count) : value.integers.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) keep_number(value, cursor.read_number(size));
  }
}

GgufType read_type(ByteCursor& cursor, const std::string& file, const std::string& key, bool of_elements) {
  const std::uint32_t type = cursor.read_u32();
  const bool nested = of_elements && type == static_cast<std::uint32_t>(GgufType::kArray);
  if (type < kTypes.size() && !nested) return static_cast<GgufType>(type);
  throw Error(
      ErrorKind::kBadFile,
      fmt::format("{}: key \"{}\" {}; the file is damaged, or llama.cpp cannot load it either", printable(file, 4096),
                  printable(key), nested ? "is a list of lists" : fmt::format("has the unknown type {}", type)));
}

}  // namespace

const char* name_of(GgufType type) { return kTypes[static_cast<std::size_t>(type)].name; }

GgufValue read_gguf_value(ByteCursor& cursor, const std::string& file, const std::string& key) {
  GgufValue value;
  value.type = read_type(cursor, file, key, false);
  if (value.type == GgufType::kArray) {
    value.is_array = true;
    value.type = read_type(cursor, file, key, true);
    read_array(cursor, value, cursor.read_u64());
  } else if (value.type == GgufType::kString) {
    const std::uint64_t length = cursor.read_u64();
    const std::uint64_t kept = std::min<std::uint64_t>(length, kKeptText);
    value.text = cursor.read_text(kept);
    cursor.skip(length - kept);
    value.text_bytes = static_cast<std::int64_t>(length);
  } else {
    keep_number(value, cursor.read_number(size_of(value.type)));
  }
  return value;
}

}  // namespace lfmfit
