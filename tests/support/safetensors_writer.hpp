#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace test {

/// Writes safetensors files for tests; the data are zeros.
class SafetensorsWriter {
 public:
  SafetensorsWriter& tensor(const std::string& name, const std::string& dtype, const std::vector<std::int64_t>& shape,
                            std::int64_t bytes) {
    header_[name] = {{"dtype", dtype}, {"shape", shape}, {"data_offsets", {data_bytes_, data_bytes_ + bytes}}};
    data_bytes_ += bytes;
    return *this;
  }
  nlohmann::json& header() { return header_; }
  std::int64_t data_bytes() const { return data_bytes_; }
  std::string file() const { return of(header_.dump(), data_bytes_); }

  /// A file with any text as its header.
  static std::string of(const std::string& header, std::int64_t data_bytes) {
    std::string out;
    for (std::size_t i = 0; i < 8; ++i)
      out.push_back(static_cast<char>(static_cast<unsigned char>(header.size() >> (8 * i))));
    return out + header + std::string(static_cast<std::size_t>(data_bytes), '\0');
  }

 private:
  nlohmann::json header_ = {{"__metadata__", {{"format", "pt"}}}};
  std::int64_t data_bytes_ = 0;
};

}  // namespace test
