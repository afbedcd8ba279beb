#include "lfmfit/gguf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/byte_cursor.hpp"
#include "readers/gguf_values.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxHeader = std::int64_t{1} << 30;
constexpr std::int64_t kMaxNames = std::int64_t{16} << 20;
constexpr std::uint64_t kMaxKeys = 1 << 16;
constexpr std::uint64_t kMaxTensors = 1 << 17;
constexpr std::uint64_t kMaxKeyLength = 65535;  // the format's own limit
constexpr std::uint64_t kMaxNameLength = 63;    // GGML_MAX_NAME less the terminator

/// Reads one header; holds what every message needs.
class Reader {
 public:
  Reader(const ByteSource& source, const TensorTypeLookup& tensor_type)
      : source_(source), tensor_type_(tensor_type), cursor_(source, kMaxHeader, kMaxNames) {}

  GgufHeader read() {
    header_.file_bytes = Bytes(source_.size());
    read_version();
    const std::uint64_t tensors = cursor_.read_u64();
    const std::uint64_t keys = cursor_.read_u64();
    if (tensors > kMaxTensors) refuse(fmt::format("claims to have {} tensors", tensors));
    if (keys > kMaxKeys) refuse(fmt::format("claims to have {} metadata keys", keys));
    for (std::uint64_t i = 0; i < keys; ++i) read_entry();
    check_unique(header_.metadata, &GgufEntry::key, "key");
    read_alignment();
    for (std::uint64_t i = 0; i < tensors; ++i) read_tensor();
    check_unique(header_.tensors, &GgufTensor::name, "tensor");
    place_tensors();
    return std::move(header_);
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorKind::kBadFile, fmt::format("{}: {}; the file is damaged, download or convert it again",
                                                 printable(source_.name(), 4096), what));
  }

  void read_version() {
    if (source_.size() < 8) refuse(fmt::format("truncated: {} bytes are no GGUF file", source_.size()));
    if (cursor_.read_text(4) != "GGUF") refuse("is no GGUF file (it does not start with \"GGUF\")");
    std::uint32_t version = cursor_.read_u32();
    // A version is a small number: in the other byte order its low half is zero.
    if ((version & 0xFFFFU) == 0 && version != 0) {
      header_.big_endian = true;
      cursor_.set_big_endian(true);
      version = __builtin_bswap32(version);
    }
    if (version == 1) refuse("is GGUF version 1, which llama.cpp no longer loads");
    if (version != 2 && version != 3) refuse(fmt::format("is GGUF version {}; versions 2 and 3 are known", version));
    header_.version = static_cast<int>(version);
  }

  void read_entry() {
    const std::uint64_t length = cursor_.read_u64();
    if (length == 0 || length > kMaxKeyLength) {
      refuse(fmt::format("metadata key {} has a name of {} bytes", header_.metadata.size() + 1, length));
    }
    GgufEntry entry;
    entry.key = cursor_.read_text(length);
    entry.value = read_gguf_value(cursor_, source_.name(), entry.key);
    header_.metadata.push_back(std::move(entry));
  }

  void read_alignment() {
    const GgufValue* value = header_.find("general.alignment");
    if (value == nullptr) return;
    if (value->is_array || value->type != GgufType::kUint32) refuse("general.alignment is not of type u32");
    header_.alignment = value->integers[0];
    if (header_.alignment == 0 || (header_.alignment & (header_.alignment - 1)) != 0) {
      refuse(fmt::format("general.alignment is {}, which is no power of two", header_.alignment));
    }
  }

  void read_tensor() {
    const std::uint64_t length = cursor_.read_u64();
    if (length > kMaxNameLength) {
      refuse(fmt::format("tensor {} has a name of {} bytes; at most {} are possible", header_.tensors.size() + 1,
                         length, kMaxNameLength));
    }
    GgufTensor tensor;
    tensor.name = cursor_.read_text(length);
    const std::uint32_t dimensions = cursor_.read_u32();
    if (dimensions > tensor.shape.size())
      refuse(
          fmt::format("tensor \"{}\" has {} dimensions; at most 4 are possible", printable(tensor.name), dimensions));
    for (std::uint32_t i = 0; i < dimensions; ++i) {
      const std::uint64_t size = cursor_.read_u64();
      if (size >> 63U != 0) refuse(fmt::format("tensor \"{}\" has a dimension of {}", printable(tensor.name), size));
      tensor.shape[i] = static_cast<std::int64_t>(size);
    }
    read_type(tensor);
    const std::uint64_t offset = cursor_.read_u64();
    if (offset >> 63U != 0) refuse(fmt::format("tensor \"{}\" lies at byte {}", printable(tensor.name), offset));
    tensor.offset = static_cast<std::int64_t>(offset);
    header_.tensors.push_back(std::move(tensor));
  }

  void read_type(GgufTensor& tensor) {
    const std::uint32_t type = cursor_.read_u32();
    tensor.type = tensor_type_(type);
    if (tensor.type == nullptr) {
      throw Error(ErrorKind::kBadFile, fmt::format("{}: tensor \"{}\" is stored as ggml type {}, which llama.cpp does "
                                                   "not know (any more); quantize the model again",
                                                   printable(source_.name(), 4096), printable(tensor.name), type));
    }
    const TensorType& row = *tensor.type;
    if (tensor.shape[0] % row.block_elements != 0) {
      refuse(fmt::format("tensor \"{}\" has rows of {} numbers, no multiple of {}'s block of {}",
                         printable(tensor.name), tensor.shape[0], row.name, row.block_elements));
    }
    std::int64_t bytes = tensor.shape[0] / row.block_elements;
    bool wraps = __builtin_mul_overflow(bytes, row.block_bytes, &bytes);
    for (std::size_t i = 1; i < tensor.shape.size(); ++i)
      wraps = wraps || __builtin_mul_overflow(bytes, tensor.shape[i], &bytes);
    std::int64_t elements = 1;
    for (const std::int64_t size : tensor.shape) wraps = wraps || __builtin_mul_overflow(elements, size, &elements);
    if (wraps) refuse(fmt::format("tensor \"{}\" would have more than 2^63 bytes", printable(tensor.name)));
    tensor.bytes = Bytes(bytes);
  }

  /// Checks that the tensors follow each other without gaps and that the file holds all of them.
  void place_tensors() {
    std::int64_t start = cursor_.position();
    if (!header_.tensors.empty()) start = round_up(start, header_.alignment);
    header_.data_offset = Bytes(start);
    std::int64_t expected = 0;
    std::int64_t end = start;
    for (const GgufTensor& tensor : header_.tensors) {
      if (tensor.offset != expected) {
        refuse(fmt::format("tensor \"{}\" lies at byte {} of the data, expected {}", printable(tensor.name),
                           tensor.offset, expected));
      }
      const bool wraps = __builtin_add_overflow(start + expected, tensor.bytes.count(), &end) ||
                         end > (std::int64_t{1} << 62) - header_.alignment;
      if (wraps) refuse("its tensors would have more than 2^62 bytes");
      expected = round_up(end - start, header_.alignment);
    }
    if (end > source_.size()) {
      throw Error(ErrorKind::kBadFile,
                  fmt::format("{}: truncated: {} of {} bytes; download it again, or finish the download",
                              printable(source_.name(), 4096), source_.size(), end));
    }
  }

  template <class Item>
  void check_unique(const std::vector<Item>& items, std::string Item::*name, const char* what) const {
    std::vector<std::string_view> names;
    names.reserve(items.size());
    for (const Item& item : items) names.push_back(item.*name);
    std::sort(names.begin(), names.end());
    const auto twin = std::adjacent_find(names.begin(), names.end());
    if (twin != names.end()) refuse(fmt::format("{} \"{}\" occurs twice", what, printable(*twin)));
  }

  const ByteSource& source_;
  const TensorTypeLookup& tensor_type_;
  ByteCursor cursor_;
  GgufHeader header_;
};

}  // namespace

GgufHeader read_gguf(const ByteSource& source, const TensorTypeLookup& tensor_type) {
  return Reader(source, tensor_type).read();
}

bool is_gguf(const ByteSource& source) {
  char magic[4] = {};
  if (source.size() < 4) return false;
  source.read(0, magic, sizeof magic);
  return std::memcmp(magic, "GGUF", sizeof magic) == 0;
}

}  // namespace lfmfit
