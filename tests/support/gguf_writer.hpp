#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace test {

/// Writes GGUF files for tests: metadata in the order of the calls, then tensors, each of zeros.
class GgufWriter {
 public:
  explicit GgufWriter(std::uint32_t version = 3, bool big_endian = false)
      : version_(version), big_endian_(big_endian) {}

  GgufWriter& text(std::string_view key, std::string_view value);
  GgufWriter& u16(std::string_view key, std::uint16_t value);
  GgufWriter& u32(std::string_view key, std::uint32_t value);
  GgufWriter& u64(std::string_view key, std::uint64_t value);
  GgufWriter& i32(std::string_view key, std::int32_t value);
  GgufWriter& f32(std::string_view key, float value);
  GgufWriter& flag(std::string_view key, bool value);
  GgufWriter& i32s(std::string_view key, const std::vector<std::int32_t>& values);
  GgufWriter& f32s(std::string_view key, const std::vector<float>& values);
  GgufWriter& flags(std::string_view key, const std::vector<bool>& values);
  GgufWriter& texts(std::string_view key, const std::vector<std::string>& values);
  /// A list of `count` made-up tokens of the length that real ones have.
  GgufWriter& tokens(std::int64_t count);

  /// A tensor of `bytes` bytes stored as ggml's type number `type`.
  GgufWriter& tensor(std::string_view name, const std::vector<std::int64_t>& shape, std::uint32_t type,
                     std::int64_t bytes);
  /// Pads as if general.alignment were `alignment`; write that key too.
  GgufWriter& align(std::int64_t alignment) {
    alignment_ = alignment;
    return *this;
  }

  /// Everything up to the data section, padding included.
  std::string header() const;
  /// Bytes of the data section, the last tensor's padding included.
  std::int64_t data_bytes() const { return data_bytes_; }
  /// The whole file in memory.
  std::string file() const { return header() + std::string(static_cast<std::size_t>(data_bytes_), '\0'); }
  /// Writes the file to `path` with the data as a hole, so that it takes no space.
  void write_sparse(const std::string& path) const;

 private:
  void put(std::string& out, std::uint64_t number, std::size_t bytes) const;
  void put_text(std::string& out, std::string_view text) const;
  void key(std::string_view name, std::uint32_t type);
  void array(std::string_view name, std::uint32_t type, std::size_t count);

  std::uint32_t version_;
  bool big_endian_;
  std::int64_t alignment_ = 32;
  std::uint64_t keys_ = 0, tensors_ = 0;
  std::string metadata_, infos_;
  std::int64_t data_bytes_ = 0;
};

}  // namespace test
