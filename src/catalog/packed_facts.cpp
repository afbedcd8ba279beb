#include "catalog/packed_facts.hpp"

#include <algorithm>
#include <functional>

#include "catalog/device_packing.hpp"
#include "catalog/embedded_data.hpp"
#include "catalog/quantization_packing.hpp"
#include "catalog/speed_packing.hpp"

namespace lfmfit {

namespace {

/// A row of the files built in.
struct PackedRow {
  std::string id;
  PackedSize file = 0;  ///< counted from 0
  PackedSize begin = 0, length = 0;
};

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, PackedRow>& row) {
  auto& [id, file, begin, length] = row;
  pass(id, file, begin, length);
}

}  // namespace

std::string pack_devices(const Catalog& catalog) {
  Packer packer;
  packer(catalog.devices());
  return packer.take();
}

std::string pack_quantizations(const Catalog& catalog) {
  Packer packer;
  packer(catalog.quantizations());
  return packer.take();
}

std::string pack_speed(const Catalog& catalog) {
  Packer packer;
  packer(catalog.speed());
  return packer.take();
}

std::string pack_rows(const RowTable& table) {
  const std::vector<EmbeddedFile> files = embedded_data();
  std::vector<PackedRow> rows;
  for (const RowText& row : table.rows()) {
    const auto file =
        std::find_if(files.begin(), files.end(), [&](const EmbeddedFile& one) { return one.path == row.path; });
    rows.push_back({row.id, static_cast<PackedSize>(file - files.begin()),
                    static_cast<PackedSize>(row.text.data() - file->text.data()),
                    static_cast<PackedSize>(row.text.size())});
  }
  Packer packer;
  packer(rows);
  return packer.take();
}

std::vector<RowText> unpack_rows(std::string_view kind) {
  std::vector<RowText> rows;
  for (const PackedTable& table : packed_facts().tables) {
    if (table.kind != kind) continue;
    const std::vector<EmbeddedFile> files = embedded_data();
    const Unpacker::TypeLookup no_types;
    std::vector<PackedRow> packed;
    Unpacker(table.rows, no_types)(packed);
    rows.reserve(packed.size());
    for (PackedRow& row : packed) {
      const EmbeddedFile& file = files.at(row.file);
      rows.push_back({std::move(row.id), file.path, file.text.substr(row.begin, row.length)});
    }
  }
  return rows;
}

std::vector<Device> unpack_devices(std::string_view packed) {
  const Unpacker::TypeLookup no_types;
  std::vector<Device> devices;
  Unpacker(packed, no_types)(devices);
  return devices;
}

std::vector<Quantization> unpack_quantizations(std::string_view packed, const Unpacker::TypeLookup& types) {
  std::vector<Quantization> quantizations;
  Unpacker(packed, types)(quantizations);
  return quantizations;
}

SpeedConstants unpack_speed(std::string_view packed, const Unpacker::TypeLookup& types) {
  SpeedConstants constants;
  Unpacker(packed, types)(constants);
  return constants;
}

}  // namespace lfmfit
