#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lfmfit {

/// Where a row stands: the file it is in, and its text.
struct RowText {
  std::string id;
  std::string_view path;
  std::string_view text;
};

/// The rows of one kind, from all files, neither parsed nor checked but for their ids.
class RowTable {
 public:
  /// `id_key` is the key that names a row.
  explicit RowTable(std::string id_key) : id_key_(std::move(id_key)) {}

  /// Takes `rows`, each a JSON object. One whose id is there already replaces that row in its place if `replaces`, else
  /// it is an error. `path` and what the rows are cut from must outlive the table. Throws Error(kBadFile).
  void add(std::string_view path, const std::vector<std::string_view>& rows, bool replaces);

  /// Takes rows of which ids are known; throws as add() where one is there already.
  void add(std::vector<RowText> rows);

  const std::vector<RowText>& rows() const { return rows_; }
  /// The row of exactly that id; null when there is none.
  const RowText* find(std::string_view id) const;

 private:
  void put(RowText row, bool replaces);
  std::string read_id(std::string_view path, std::string_view text) const;

  std::string id_key_;
  std::vector<RowText> rows_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

}  // namespace lfmfit
