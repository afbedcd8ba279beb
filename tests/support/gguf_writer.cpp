#include "support/gguf_writer.hpp"

#include <bit>
#include <filesystem>
#include <fstream>

namespace test {

void GgufWriter::put(std::string& out, std::uint64_t number, std::size_t bytes) const {
  for (std::size_t i = 0; i < bytes; ++i) {
    const std::size_t place = big_endian_ ? bytes - 1 - i : i;
    out.push_back(static_cast<char>(static_cast<unsigned char>(number >> (8 * place))));
  }
}

void GgufWriter::put_text(std::string& out, std::string_view text) const {
  put(out, text.size(), 8);
  out += text;
}

void GgufWriter::key(std::string_view name, std::uint32_t type) {
  ++keys_;
  put_text(metadata_, name);
  put(metadata_, type, 4);
}

void GgufWriter::array(std::string_view name, std::uint32_t type, std::size_t count) {
  key(name, 9);
  put(metadata_, type, 4);
  put(metadata_, count, 8);
}

GgufWriter& GgufWriter::text(std::string_view name, std::string_view value) {
  key(name, 8);
  put_text(metadata_, value);
  return *this;
}

GgufWriter& GgufWriter::u16(std::string_view name, std::uint16_t value) {
  key(name, 2);
  put(metadata_, value, 2);
  return *this;
}

GgufWriter& GgufWriter::u32(std::string_view name, std::uint32_t value) {
  key(name, 4);
  put(metadata_, value, 4);
  return *this;
}

GgufWriter& GgufWriter::u64(std::string_view name, std::uint64_t value) {
  key(name, 10);
  put(metadata_, value, 8);
  return *this;
}

GgufWriter& GgufWriter::i32(std::string_view name, std::int32_t value) {
  key(name, 5);
  put(metadata_, static_cast<std::uint32_t>(value), 4);
  return *this;
}

GgufWriter& GgufWriter::f32(std::string_view name, float value) {
  key(name, 6);
  put(metadata_, std::bit_cast<std::uint32_t>(value), 4);
  return *this;
}

GgufWriter& GgufWriter::flag(std::string_view name, bool value) {
  key(name, 7);
  put(metadata_, value ? 1 : 0, 1);
  return *this;
}

GgufWriter& GgufWriter::i32s(std::string_view name, const std::vector<std::int32_t>& values) {
  array(name, 5, values.size());
  for (const std::int32_t value : values) put(metadata_, static_cast<std::uint32_t>(value), 4);
  return *this;
}

GgufWriter& GgufWriter::f32s(std::string_view name, const std::vector<float>& values) {
  array(name, 6, values.size());
  for (const float value : values) put(metadata_, std::bit_cast<std::uint32_t>(value), 4);
  return *this;
}

GgufWriter& GgufWriter::flags(std::string_view name, const std::vector<bool>& values) {
  array(name, 7, values.size());
  for (const bool value : values) put(metadata_, value ? 1 : 0, 1);
  return *this;
}

GgufWriter& GgufWriter::texts(std::string_view name, const std::vector<std::string>& values) {
  array(name, 8, values.size());
  for (const std::string& value : values) put_text(metadata_, value);
  return *this;
}

GgufWriter& GgufWriter::tokens(std::int64_t count) {
  array("tokenizer.ggml.tokens", 8, static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) put_text(metadata_, "tok" + std::to_string(i));
  return *this;
}

GgufWriter& GgufWriter::tensor(std::string_view name, const std::vector<std::int64_t>& shape, std::uint32_t type,
                               std::int64_t bytes) {
  ++tensors_;
  put_text(infos_, name);
  put(infos_, shape.size(), 4);
  for (const std::int64_t size : shape) put(infos_, static_cast<std::uint64_t>(size), 8);
  put(infos_, type, 4);
  put(infos_, static_cast<std::uint64_t>(data_bytes_), 8);
  data_bytes_ += (bytes + alignment_ - 1) / alignment_ * alignment_;
  return *this;
}

std::string GgufWriter::header() const {
  std::string out = "GGUF";
  put(out, version_, 4);
  put(out, tensors_, 8);
  put(out, keys_, 8);
  out += metadata_ + infos_;
  const auto alignment = static_cast<std::size_t>(alignment_);
  if (tensors_ > 0) out.resize((out.size() + alignment - 1) / alignment * alignment, '\0');
  return out;
}

void GgufWriter::write_sparse(const std::string& path) const {
  const std::string head = header();
  std::ofstream(path, std::ios::binary) << head;
  std::filesystem::resize_file(path, head.size() + static_cast<std::uintmax_t>(data_bytes_));
}

}  // namespace test
