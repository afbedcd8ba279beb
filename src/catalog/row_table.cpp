#include "catalog/row_table.hpp"

#include "catalog/json_slices.hpp"
#include "catalog/row_reader.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

void RowTable::add(std::string_view path, std::string_view rows, bool replaces) {
  for (std::string_view text : json_elements(path, rows)) {
    RowReader reader(path, text, id_key_ + "?");
    RowText row{reader.text(id_key_), path, text};
    if (row.id.empty()) reader.fail(id_key_, "must not be empty");
    const auto [place, is_new] = places_.try_emplace(row.id, rows_.size());
    if (is_new) {
      rows_.push_back(std::move(row));
    } else if (replaces) {
      rows_[place->second] = std::move(row);
    } else {
      throw Error(ErrorKind::kBadFile, std::string(path) + ": row \"" + row.id + "\" is there twice; remove one");
    }
  }
}

const RowText* RowTable::find(std::string_view id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : &rows_[found->second];
}

}  // namespace lfmfit
