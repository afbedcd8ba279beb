#include "catalog/model_rows.hpp"

#include <fmt/format.h>

#include <optional>

#include "catalog/architecture_rows.hpp"
#include "catalog/row_reader.hpp"
#include "core/base/limits.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::int64_t kMaxOverhead = std::int64_t{1} << 32;

/// What a row says of a model's shape.
struct ShapeKeys {
  std::string architecture;
  ModelShape shape;
  std::optional<std::int64_t> parameters;
};

/// What rows with a shape and rows that borrow one may both say.
struct CommonKeys {
  ModelCard card;
  std::optional<std::int64_t> context_train, context_limit;
  std::optional<Bytes> file_overhead;
  bool file_overhead_measured = false;
};

CommonKeys read_common(RowReader& reader) {
  CommonKeys keys;
  ModelCard& card = keys.card;
  card.id = reader.text("id");
  card.name = reader.text("name");
  card.publisher = reader.text("publisher");
  card.family = reader.text("family");
  card.license = reader.text_or("license", "");
  card.release_date = reader.text_or("release_date", "");
  card.base_model = reader.text_or("base_model", "");
  card.context_note = reader.text_or("context_note", "");
  card.note = reader.text_or("note", "");
  card.published_as = reader.text_or("published_as", "");
  card.source = reader.text("source");
  card.confidence = reader.text("confidence");
  if (reader.has("context_train")) keys.context_train = reader.integer("context_train", 1, kMaxContext);
  if (reader.has("context_limit")) keys.context_limit = reader.integer("context_limit", 1, kMaxContext);
  if (reader.has("file_overhead_bytes"))
    keys.file_overhead = Bytes(reader.integer("file_overhead_bytes", 0, kMaxOverhead));
  keys.file_overhead_measured = reader.flag_or("file_overhead_measured", false);
  return keys;
}

ShapeKeys read_shape(RowReader& reader) {
  ShapeKeys keys;
  keys.architecture = reader.text("architecture");
  keys.shape.layout = reader.text("layout");
  keys.shape.settings = read_settings(reader.object("settings"));
  if (reader.has("block_settings")) {
    RowReader blocks = reader.object("block_settings");
    for (std::string_view key : blocks.keys()) {
      keys.shape.block_settings.emplace(read_letter(blocks, key), read_settings(blocks.object(key)));
    }
  }
  if (reader.has("parameters")) keys.parameters = reader.integer("parameters", 1);
  return keys;
}

/// Settings of the card that the shape needs too.
void apply_context(ModelShape& shape, const CommonKeys& keys) {
  if (keys.context_train) shape.settings["context_train"] = *keys.context_train;
  if (keys.context_limit) shape.settings["context_limit"] = *keys.context_limit;
}

const Architecture& find_architecture(const RowReader& reader, const std::string& name,
                                      const ArchitectureLookup& lookup) {
  try {
    return lookup(name);
  } catch (const Error& error) {
    reader.fail("architecture", fmt::format("cannot be used: {}", error.what()));
  }
}

Model build(const RowReader& reader, const Architecture& architecture, const ModelShape& shape) {
  try {
    return build_model(architecture, shape);
  } catch (const Error& error) {
    reader.fail("settings", fmt::format("and \"layout\" make no model: {}", error.what()));
  }
}

void check_parameters(const RowReader& reader, const Model& model, const std::optional<std::int64_t>& stated) {
  if (!stated) return;
  const std::int64_t counted = parameter_count(model);
  if (counted != *stated) reader.fail("parameters", fmt::format("is {}, but the shape has {}", *stated, counted));
}

}  // namespace

Model read_model(const RowText& row, const RowTable& table, const ArchitectureLookup& architecture) {
  RowReader reader(row.path, row.text, row.id);
  CommonKeys common = read_common(reader);
  ShapeKeys shape;
  if (reader.has("shape_of")) {
    const std::string id = reader.text("shape_of");
    const RowText* base_row = table.find(id);
    if (base_row == nullptr) reader.fail("shape_of", fmt::format("names {}, which is no model's id", id));
    RowReader base(base_row->path, base_row->text, base_row->id);
    if (base.has("shape_of")) reader.fail("shape_of", fmt::format("names {}, which has no shape of its own", id));
    const CommonKeys base_common = read_common(base);
    shape = read_shape(base);
    apply_context(shape.shape, base_common);
    if (!common.file_overhead) common.file_overhead = base_common.file_overhead;
  } else {
    shape = read_shape(reader);
  }
  reader.finish();
  apply_context(shape.shape, common);
  Model model = build(reader, find_architecture(reader, shape.architecture, architecture), shape.shape);
  check_parameters(reader, model, shape.parameters);
  model.card = std::move(common.card);
  model.file_overhead = common.file_overhead;
  model.file_overhead_measured = common.file_overhead && common.file_overhead_measured;
  return model;
}

}  // namespace lfmfit
