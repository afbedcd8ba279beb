#include "lfmfit/safetensors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/bounded_json.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kLongestHeader = 100'000'000;  // the format's own limit

struct Dtype {
  std::string_view name;
  std::int64_t bits;
};
constexpr std::array<Dtype, 21> kDtypes{
    {{"BOOL", 8},        {"U8", 8},          {"I8", 8},    {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8},
     {"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"F4", 4},    {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"I16", 16},
     {"U16", 16},        {"F16", 16},        {"BF16", 16}, {"I32", 32},    {"U32", 32},    {"F32", 32},
     {"C64", 64},        {"F64", 64},        {"I64", 64}}};

class HeaderReader {
 public:
  explicit HeaderReader(const ByteSource& source) : source_(source) {}

  SafetensorsHeader read() {
    SafetensorsHeader header;
    const std::string text = header_text();
    header.data_offset = Bytes(8 + static_cast<std::int64_t>(text.size()));
    header.file_bytes = Bytes(source_.size());
    const nlohmann::json document = parse_json_object(source_.name(), text);
    for (const auto& [name, value] : document.items()) {
      if (name != "__metadata__") header.tensors.push_back(tensor(name, value));
    }
    std::sort(header.tensors.begin(), header.tensors.end(), [](const SafetensorsTensor& a, const SafetensorsTensor& b) {
      return a.begin != b.begin ? a.begin < b.begin : a.bytes < b.bytes;
    });
    check_places(header);
    return header;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw Error(ErrorKind::kBadFile, fmt::format("{}: {}; download it again", printable(source_.name(), 4096), what));
  }

  std::string header_text() const {
    std::array<char, 8> bytes{};
    if (source_.size() < 8) refuse(fmt::format("truncated: {} bytes are no safetensors file", source_.size()));
    source_.read(0, bytes.data(), bytes.size());
    std::uint64_t length = 0;
    for (std::size_t i = 8; i > 0; --i) length = length << 8U | static_cast<unsigned char>(bytes[i - 1]);
    if (length > kLongestHeader) refuse(fmt::format("is no safetensors file: its header would have {} bytes", length));
    if (length > static_cast<std::uint64_t>(source_.size() - 8)) {
      refuse(fmt::format("truncated: {} of {} bytes, inside its header", source_.size(), length + 8));
    }
    std::string text(static_cast<std::size_t>(length), '\0');
    source_.read(8, text.data(), text.size());
    return text;
  }

  std::int64_t whole_number(const std::string& name, const nlohmann::json& value) const {
    const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() < (std::uint64_t{1} << 62U);
    if (!fits) refuse(fmt::format("tensor \"{}\" has a size or offset that is no number below 2^62", printable(name)));
    return value.get<std::int64_t>();
  }

  SafetensorsTensor tensor(const std::string& name, const nlohmann::json& value) const {
    const auto field = [&](const char* key,
                           bool (nlohmann::json::*has_kind)() const noexcept) -> const nlohmann::json& {
      const auto found = value.is_object() ? value.find(key) : value.end();
      if (found == value.end() || !((*found).*has_kind)())
        refuse(fmt::format("tensor \"{}\" has no usable \"{}\"", printable(name), key));
      return *found;
    };
    SafetensorsTensor tensor;
    tensor.name = name;
    tensor.dtype = field("dtype", &nlohmann::json::is_string).get<std::string>();
    for (const auto& size : field("shape", &nlohmann::json::is_array)) tensor.shape.push_back(whole_number(name, size));
    const nlohmann::json& offsets = field("data_offsets", &nlohmann::json::is_array);
    if (offsets.size() != 2) refuse(fmt::format("tensor \"{}\" has no two data_offsets", printable(name)));
    tensor.begin = whole_number(name, offsets[0]);
    tensor.bytes = Bytes(whole_number(name, offsets[1]) - tensor.begin);
    check_size(tensor);
    return tensor;
  }

  void check_size(const SafetensorsTensor& tensor) const {
    const auto dtype =
        std::find_if(kDtypes.begin(), kDtypes.end(), [&](const Dtype& d) { return d.name == tensor.dtype; });
    if (dtype == kDtypes.end())
      refuse(
          fmt::format("tensor \"{}\" has the unknown dtype \"{}\"", printable(tensor.name), printable(tensor.dtype)));
    std::int64_t bits = dtype->bits;
    for (const std::int64_t size : tensor.shape) {
      if (__builtin_mul_overflow(bits, size, &bits))
        refuse(fmt::format("tensor \"{}\" is too big", printable(tensor.name)));
    }
    if (bits % 8 != 0 || bits / 8 != tensor.bytes.count()) {
      refuse(fmt::format("tensor \"{}\" takes {} bytes, but its dtype and shape say {}", printable(tensor.name),
                         tensor.bytes.count(), bits / 8));
    }
  }

  void check_places(const SafetensorsHeader& header) const {
    std::int64_t expected = 0;
    for (const SafetensorsTensor& tensor : header.tensors) {
      if (tensor.begin != expected) {
        refuse(fmt::format("tensor \"{}\" lies at byte {} of the data, expected {}", printable(tensor.name),
                           tensor.begin, expected));
      }
      expected += tensor.bytes.count();  // both below 2^62
    }
    const std::int64_t end = header.data_offset.count() + expected;
    if (end > source_.size()) refuse(fmt::format("truncated: {} of {} bytes", source_.size(), end));
    if (end < source_.size())
      refuse(fmt::format("{} bytes follow the last tensor, which the format forbids", source_.size() - end));
  }

  const ByteSource& source_;
};

}  // namespace

SafetensorsHeader read_safetensors(const ByteSource& source) { return HeaderReader(source).read(); }

}  // namespace lfmfit
