#include "catalog/packed_facts.hpp"

#include <algorithm>
#include <functional>

#include "catalog/device_name_rows.hpp"
#include "catalog/device_packing.hpp"
#include "catalog/embedded_data.hpp"
#include "catalog/quantization_packing.hpp"
#include "catalog/sources.hpp"
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

template <class Facts>
std::string packed(const Facts& facts) {
  Packer packer;
  packer(facts);
  return packer.take();
}

/// `types` is needed where facts name tensor types.
template <class Facts>
Facts unpacked(std::string_view bytes, const Unpacker::TypeLookup& types = {}) {
  Facts facts;
  Unpacker(bytes, types)(facts);
  return facts;
}

}  // namespace

std::string pack_devices(const Catalog& catalog) { return packed(catalog.devices()); }

std::string pack_device_names(const Catalog& catalog) {
  Sources sources({});
  return packed(names_of(catalog.devices(), read_device_names(sources.table("device_names"))));
}

std::string pack_quantizations(const Catalog& catalog) { return packed(catalog.quantizations()); }

std::string pack_speed(const Catalog& catalog) { return packed(catalog.speed()); }

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
  return packed(rows);
}

std::vector<RowText> unpack_rows(std::string_view kind) {
  std::vector<RowText> rows;
  for (const PackedTable& table : packed_facts().tables) {
    if (table.kind != kind) continue;
    const std::vector<EmbeddedFile> files = embedded_data();
    auto places = unpacked<std::vector<PackedRow>>(table.rows);
    rows.reserve(places.size());
    for (PackedRow& row : places) {
      const EmbeddedFile& file = files.at(row.file);
      rows.push_back({std::move(row.id), file.path, file.text.substr(row.begin, row.length)});
    }
  }
  return rows;
}

std::vector<Device> unpack_devices(std::string_view packed) { return unpacked<std::vector<Device>>(packed); }

DeviceNames unpack_device_names(std::string_view packed) { return unpacked<DeviceNames>(packed); }

std::vector<Quantization> unpack_quantizations(std::string_view packed, const Unpacker::TypeLookup& types) {
  return unpacked<std::vector<Quantization>>(packed, types);
}

SpeedConstants unpack_speed(std::string_view packed, const Unpacker::TypeLookup& types) {
  return unpacked<SpeedConstants>(packed, types);
}

}  // namespace lfmfit
