#pragma once

#include <string>
#include <vector>

#include "render/style.hpp"

namespace lfmfit::render {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
  bool elastic = false;  ///< cells may be shortened where the terminal is too narrow
};

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

/// A table in aligned columns: a header, then rows, no rules. Titles and cells are made printable.
class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns);

  /// `row` has one cell for each column.
  void add(std::vector<Cell> row);

  /// Lines that end in '\n' and fit the terminal, as far as elastic columns can give way: into a pipe none does.
  std::string text(const Terminal& terminal) const;

 private:
  std::vector<int> widths(int page_width) const;
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace lfmfit::render
