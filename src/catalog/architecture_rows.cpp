#include "catalog/architecture_rows.hpp"

#include <cctype>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

std::int64_t read_setting(RowReader& reader, std::string_view key) {
  const std::string_view value = reader.raw(key);
  if (value == "true") return 1;
  if (value == "false") return 0;
  if (value.front() != '"') return reader.integer(key, std::numeric_limits<std::int64_t>::min());
  try {
    return setting_value(key, json_text(reader, key, value));
  } catch (const Error& error) {
    reader.fail(key, std::string("cannot be used: ") + error.what());
  }
}

BlockTemplate read_template(RowReader reader) {
  BlockTemplate block;
  block.mixer = reader.text("mixer");
  block.feed_forward = reader.text("feed_forward");
  if (reader.has("settings")) block.settings = read_settings(reader.object("settings"));
  reader.finish();
  return block;
}

}  // namespace

char read_letter(const RowReader& reader, std::string_view key) {
  if (key.size() == 1 && std::isalpha(static_cast<unsigned char>(key[0])) != 0) return key[0];
  reader.fail(key.substr(0, 60), "must be one letter, that of a block");
}

Settings read_settings(RowReader reader) {
  Settings settings;
  for (std::string_view key : reader.keys()) settings.emplace(key, read_setting(reader, key));
  return settings;
}

Architecture read_architecture(const RowText& row) {
  RowReader reader(row.path, row.text, row.id);
  Architecture architecture;
  architecture.name = reader.text("name");
  architecture.final_norm = reader.text_or("final_norm", architecture.final_norm);
  if (reader.has("settings")) architecture.settings = read_settings(reader.object("settings"));
  RowReader blocks = reader.object("blocks");
  for (std::string_view key : blocks.keys()) {
    architecture.blocks.emplace(read_letter(blocks, key), read_template(blocks.object(key)));
  }
  reader.finish();
  return architecture;
}

}  // namespace lfmfit
