#include "catalog/tensor_type_rows.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>

#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxBlock = 65536;

using TypesByName = std::map<std::string, const TensorType*>;

TensorType read_row(RowReader& row) {
  TensorType type;
  type.name = row.text("name");
  row.name(type.name);
  type.ggml_id = row.integer("ggml_id");
  type.block_elements = row.integer("block_elements", 1, kMaxBlock);
  type.block_bytes = row.integer("block_bytes", 1, kMaxBlock);
  type.quantized = type.block_elements > 1;
  return type;
}

void read_fallback(RowReader& row, TensorType& type, const TypesByName& types) {
  if (!row.has("fallback")) return;
  const std::string name = row.text("fallback");
  const auto found = types.find(name);
  if (found == types.end()) row.fail("fallback", fmt::format("names {}, which is no row of this file", name));
  if (found->second->block_elements >= type.block_elements) {
    row.fail("fallback", fmt::format("names {}, whose block is no smaller", name));
  }
  type.fallback = found->second;
}

}  // namespace

std::deque<TensorType> read_tensor_types(std::string_view path, std::string_view text) {
  RowReader root(path, text);
  root.text("source");
  std::vector<RowReader> rows = root.objects("tensor_types");
  root.finish();

  std::deque<TensorType> types;
  TypesByName by_name;
  std::set<std::int64_t> ids;
  for (RowReader& row : rows) {
    types.push_back(read_row(row));
    if (!by_name.emplace(types.back().name, &types.back()).second) row.fail("name", "is that of an earlier row");
    if (!ids.insert(types.back().ggml_id).second) row.fail("ggml_id", "is that of an earlier row");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    read_fallback(rows[i], types[i], by_name);
    rows[i].finish();
  }
  return types;
}

}  // namespace lfmfit
