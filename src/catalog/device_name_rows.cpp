#include "catalog/device_name_rows.hpp"

#include "catalog/row_reader.hpp"

namespace lfmfit {

PrintedName read_device_name(const RowText& row, std::string_view name_key) {
  RowReader reader(row.path, row.text, row.id);
  PrintedName name{reader.text(name_key), reader.texts("devices")};
  reader.text("source");
  reader.finish();
  return name;
}

std::vector<PrintedName> read_device_names(const RowTable& table) {
  std::vector<PrintedName> names;
  for (const RowText& row : table.rows()) names.push_back(read_device_name(row, "name"));
  return names;
}

}  // namespace lfmfit
