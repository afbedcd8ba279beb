#include "catalog/device_name_rows.hpp"

#include "catalog/row_reader.hpp"

namespace lfmfit {

PrintedName read_device_name(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  PrintedName name{reader.text("name"), reader.texts("devices")};
  reader.text("source");
  reader.finish();
  return name;
}

}  // namespace lfmfit
