#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/row_table.hpp"

namespace lfmfit {

/// Rows that are parsed when they are asked for, one by one or all at once.
template <class Noun>
class LazyRows {
 public:
  /// All of them, where they were asked for; else null.
  const std::vector<Noun>* all_read() const { return all_ ? &*all_ : nullptr; }

  template <class Read>
  const Noun& one(const RowText& row, const Read& read) {
    const auto found = single_.find(row.id);
    if (found != single_.end()) return found->second;
    return single_.emplace(row.id, read(row)).first->second;
  }

  template <class Read>
  const std::vector<Noun>& all(const RowTable& table, const Read& read) {
    return all_made([&] {
      std::vector<Noun> nouns;
      nouns.reserve(table.rows().size());
      for (const RowText& row : table.rows()) nouns.push_back(read(row));
      return nouns;
    });
  }

  /// All of them, as `make` makes them where they were not asked for before.
  template <class Make>
  const std::vector<Noun>& all_made(const Make& make) {
    if (!all_) all_ = make();
    return *all_;
  }

 private:
  std::map<std::string, Noun> single_;
  std::optional<std::vector<Noun>> all_;
};

}  // namespace lfmfit
