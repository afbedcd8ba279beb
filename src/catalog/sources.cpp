#include "catalog/sources.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "catalog/embedded_data.hpp"
#include "catalog/json_slices.hpp"
#include "catalog/packed_facts.hpp"
#include "catalog/strict_json.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

/// What one kind of data is called, where it lies, and which key names a row of it.
struct Kind {
  std::string_view key;
  std::string_view path;  ///< a file, or a folder of files
  std::string_view id_key;
  bool whole;  ///< its rows refer to each other, so the file is read as one
};

constexpr auto kKinds = std::to_array<Kind>({{"models", "data/models/", "id", false},
                                             {"model_names", "data/model_names.json", "name", false},
                                             {"model_parts", "data/model_parts.json", "model", false},
                                             {"model_tasks", "data/model_tasks.json", "task", false},
                                             {"devices", "data/devices/", "id", false},
                                             {"device_names", "data/device_names.json", "name", false},
                                             {"pci_ids", "data/pci_ids.json", "id", false},
                                             {"well_known", "data/well_known.json", "id", false},
                                             {"memory_rules", "data/memory_rules.json", "id", false},
                                             {"host_memory", "data/host_memory.json", "id", false},
                                             {"architectures", "data/architectures.json", "name", false},
                                             {"backends", "data/backends.json", "name", false},
                                             {"tensor_types", "data/tensor_types.json", "name", true},
                                             {"quantizations", "data/quantizations.json", "name", true},
                                             {"publisher_mixes", "data/publisher_mixes.json", "id", true},
                                             {"checkpoint_forms", "data/checkpoint_forms.json", "name", true},
                                             {"vllm", "data/vllm.json", "version", true},
                                             {"mlx", "data/mlx.json", "name", true},
                                             {"speed", "data/speed.json", "id", true},
                                             {"gguf_traits", "data/gguf_traits.json", "architecture", true},
                                             {"model_types", "data/config_keys.json", "names", true},
                                             {"gguf_repositories", "data/gguf_repositories.json", "model", false},
                                             {"command_lines", "data/command_lines.json", "program", true}});

const Kind& kind_called(std::string_view key) {
  return *std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.key == key; });
}

/// The members of the object that a file is. Broken text is parsed once more for a message with line and column.
std::vector<JsonMember> file_members(std::string_view path, std::string_view text) {
  try {
    return json_members(path, text);
  } catch (const Error&) {
    parse_json(path, text);
    throw;
  }
}

void require_known(std::string_view key, const Overlay& overlay) {
  if (std::any_of(kKinds.begin(), kKinds.end(), [&](const Kind& kind) { return kind.key == key; })) return;
  std::string keys;
  for (const Kind& kind : kKinds) keys += (keys.empty() ? "\"" : ", \"") + std::string(kind.key) + "\"";
  throw Error(ErrorKind::kBadFile, overlay.path + ": key \"" + std::string(key.substr(0, 60)) +
                                       "\" is unknown; a data file may hold " + keys);
}

bool is_of(const Kind& kind, std::string_view path) {
  return kind.path.back() == '/' ? path.substr(0, kind.path.size()) == kind.path : path == kind.path;
}

/// The rows of `more` put into `rows`, each in the place of the row of its name, if there is one.
void put_rows(nlohmann::json& rows, const nlohmann::json& more, const Overlay& overlay, const Kind& kind) {
  const std::string id_key(kind.id_key);
  if (!more.is_array())
    throw Error(ErrorKind::kBadFile, overlay.path + ": key \"" + std::string(kind.key) + "\" must be a list of rows");
  for (const nlohmann::json& row : more) {
    if (!row.is_object() || !row.contains(id_key)) {
      throw Error(ErrorKind::kBadFile, overlay.path + ": each row of \"" + std::string(kind.key) +
                                           "\" must be an object with a \"" + id_key + "\"");
    }
    const auto place = std::find_if(rows.begin(), rows.end(),
                                    [&](const nlohmann::json& old) { return old.at(id_key) == row.at(id_key); });
    if (place == rows.end()) {
      rows.push_back(row);
    } else {
      *place = row;
    }
  }
}

}  // namespace

Sources::Sources(std::vector<Overlay> overlays)
    : overlays_(std::make_move_iterator(overlays.begin()), std::make_move_iterator(overlays.end())) {
  for (const Overlay& overlay : overlays_) {
    for (const JsonMember& member : file_members(overlay.path, overlay.text)) {
      require_known(member.key, overlay);
      overlaid_.emplace(member.key);
    }
  }
}

bool Sources::overlays_have(std::initializer_list<std::string_view> kinds) const {
  return std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) { return overlaid_.contains(kind); });
}

std::vector<std::string> Sources::tables() {
  std::vector<std::string> keys;
  for (const Kind& kind : kKinds) {
    if (!kind.whole) keys.emplace_back(kind.key);
  }
  return keys;
}

const RowTable& Sources::table(const std::string& kind_key) {
  const auto found = tables_.find(kind_key);
  if (found != tables_.end()) return found->second;
  const Kind& kind = kind_called(kind_key);
  RowTable table{std::string(kind.id_key)};
  std::vector<RowText> packed = unpack_rows(kind.key);
  if (packed.empty()) {
    for (const EmbeddedFile& file : embedded_data()) {
      if (is_of(kind, file.path)) table.add(file.path, json_elements_under(file.path, file.text, kind.key), false);
    }
  }
  table.add(std::move(packed));
  for (const Overlay& overlay : overlays_) {
    for (const JsonMember& member : file_members(overlay.path, overlay.text)) {
      if (member.key == kind.key) table.add(overlay.path, json_elements(overlay.path, member.value), true);
    }
  }
  return tables_.emplace(kind_key, std::move(table)).first->second;
}

TextFile Sources::whole(const std::string& kind_key) const {
  const Kind& kind = kind_called(kind_key);
  TextFile file;
  for (const EmbeddedFile& embedded : embedded_data()) {
    if (is_of(kind, embedded.path)) file = {std::string(embedded.path), std::string(embedded.text)};
  }
  for (const Overlay& overlay : overlays_) {
    const nlohmann::json more = parse_json(overlay.path, overlay.text);
    if (!more.contains(kind_key)) continue;
    nlohmann::json base = parse_json(file.path, file.text);
    put_rows(base[kind_key], more[kind_key], overlay, kind);
    file = {file.path + " with " + overlay.path, base.dump()};
  }
  return file;
}

}  // namespace lfmfit
