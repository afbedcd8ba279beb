#include "catalog/model_part_rows.hpp"

#include "catalog/row_reader.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxPart = std::int64_t{1} << 40;
constexpr std::int64_t kBytesAsF16 = 2;  // the converter's usual type for what is beside the text

std::optional<Projector> read_projector(RowReader& reader) {
  Projector projector;
  if (reader.has("projector_bytes")) {
    projector.bytes = Bytes(reader.integer("projector_bytes", 1, kMaxPart));
    projector.type = reader.text("projector_type");
    projector.measured = reader.flag_or("projector_measured", false);
  } else if (reader.has("projector_parameters")) {
    projector.bytes = Bytes(kBytesAsF16 * reader.integer("projector_parameters", 1, kMaxPart));
    projector.type = "F16";
  } else {
    return std::nullopt;
  }
  return projector;
}

}  // namespace

void read_model_parts(const RowText& row, Model& model) {
  RowReader reader(row.path, row.text, row.id);
  reader.text("model");
  model.projector = read_projector(reader);
  model.unloaded_parameters = reader.integer_or("unloaded_parameters", 0, 0, kMaxPart);
  const std::string source = reader.text("source");
  if (model.projector) model.projector->source = source;
  reader.finish();
}

}  // namespace lfmfit
