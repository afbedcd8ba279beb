#include "catalog/tensor_type_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "catalog/strict_json.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxBlock = 65536;

TensorType read_row(StrictObject& row, const std::deque<TensorType>& earlier) {
  TensorType type;
  type.name = row.text("name");
  type.ggml_id = row.integer("ggml_id");
  type.block_elements = row.integer("block_elements", 1, kMaxBlock);
  type.block_bytes = row.integer("block_bytes", 1, kMaxBlock);
  type.quantized = type.block_elements > 1;
  for (const TensorType& other : earlier) {
    if (other.name == type.name) row.fail("name", "is that of an earlier row");
    if (other.ggml_id == type.ggml_id) row.fail("ggml_id", fmt::format("is that of {}", other.name));
  }
  return type;
}

void read_fallback(StrictObject& row, TensorType& type, const std::deque<TensorType>& types) {
  if (!row.has("fallback")) return;
  const std::string name = row.text("fallback");
  const auto found = std::find_if(types.begin(), types.end(), [&name](const TensorType& t) { return t.name == name; });
  if (found == types.end()) row.fail("fallback", fmt::format("names {}, which is no row of this file", name));
  if (found->block_elements >= type.block_elements) {
    row.fail("fallback", fmt::format("names {}, whose block is no smaller", name));
  }
  type.fallback = &*found;
}

}  // namespace

std::deque<TensorType> read_tensor_types(std::string_view path, std::string_view text) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  root.text("source");
  std::vector<StrictObject> rows = root.objects("tensor_types", "name");
  root.finish();

  std::deque<TensorType> types;
  for (StrictObject& row : rows) types.push_back(read_row(row, types));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    read_fallback(rows[i], types[i], types);
    rows[i].finish();
  }
  return types;
}

}  // namespace lfmfit
