#include "catalog/row_table.hpp"

#include "catalog/json_slices.hpp"
#include "catalog/row_reader.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

std::string RowTable::read_id(std::string_view path, std::string_view text) const {
  const JsonMember first = json_first_member(path, text);
  if (first.key == id_key_ && first.value.size() > 2 && first.value.front() == '"' &&
      first.value.find('\\') == std::string_view::npos) {
    return std::string(first.value.substr(1, first.value.size() - 2));
  }
  RowReader reader(path, text, "with " + std::string(first.key) + " " + std::string(first.value.substr(0, 60)));
  std::string id = reader.text(id_key_);
  if (id.empty()) reader.fail(id_key_, "must not be empty");
  return id;
}

void RowTable::put(RowText row, bool replaces) {
  const auto [place, is_new] = places_.try_emplace(row.id, rows_.size());
  if (is_new) {
    rows_.push_back(std::move(row));
  } else if (replaces) {
    rows_[place->second] = std::move(row);
  } else {
    throw Error(ErrorKind::kBadFile, std::string(row.path) + ": row \"" + row.id + "\" is there twice; remove one");
  }
}

void RowTable::add(std::string_view path, const std::vector<std::string_view>& rows, bool replaces) {
  for (std::string_view text : rows) put({read_id(path, text), path, text}, replaces);
}

void RowTable::add(std::vector<RowText> rows) {
  rows_.reserve(rows_.size() + rows.size());
  for (RowText& row : rows) put(std::move(row), false);
}

const RowText* RowTable::find(std::string_view id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : &rows_[found->second];
}

}  // namespace lfmfit
