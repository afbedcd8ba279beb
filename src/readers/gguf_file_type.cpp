#include "readers/gguf_file_type.hpp"

#include <array>
#include <map>
#include <string_view>

namespace lfmfit {

namespace {

/// enum llama_ftype of llama.cpp; empty: removed.
constexpr std::array<std::string_view, 42> kFileTypes{
    "F32",    "F16",     "Q4_0",   "Q4_1",   "",       "",          "",       "Q8_0",  "Q5_0",    "Q5_1",   "Q2_K",
    "Q3_K_S", "Q3_K_M",  "Q3_K_L", "Q4_K_S", "Q4_K_M", "Q5_K_S",    "Q5_K_M", "Q6_K",  "IQ2_XXS", "IQ2_XS", "Q2_K_S",
    "IQ3_XS", "IQ3_XXS", "IQ1_S",  "IQ4_NL", "IQ3_S",  "IQ3_M",     "IQ2_S",  "IQ2_M", "IQ4_XS",  "IQ1_M",  "BF16",
    "",       "",        "",       "TQ1_0",  "TQ2_0",  "MXFP4_MOE", "NVFP4",  "Q1_0",  "Q2_0"};

std::string most_bytes(const std::vector<GgufHeader>& shards) {
  std::map<std::string, Bytes> by_type;
  for (const GgufHeader& shard : shards) {
    for (const GgufTensor& tensor : shard.tensors) by_type[tensor.type->name] += tensor.bytes;
  }
  std::string most;
  for (const auto& [name, bytes] : by_type) {
    if (most.empty() || bytes > by_type[most]) most = name;
  }
  return most.empty() ? most : "mostly " + most;
}

}  // namespace

std::string stored_as(const std::vector<GgufHeader>& shards) {
  const GgufValue* value = shards[0].find("general.file_type");
  const bool is_number = value != nullptr && !value->is_array && value->integers.size() == 1;
  const std::int64_t type = is_number ? value->integers[0] : -1;
  const bool is_known = type >= 0 && type < static_cast<std::int64_t>(kFileTypes.size()) &&
                        !kFileTypes[static_cast<std::size_t>(type)].empty();
  return is_known ? std::string(kFileTypes[static_cast<std::size_t>(type)]) : most_bytes(shards);
}

}  // namespace lfmfit
