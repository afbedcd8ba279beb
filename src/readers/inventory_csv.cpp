#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "core/base/decimal.hpp"
#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/inventory_parts.hpp"

namespace lfmfit {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// The cells of a line; a cell in double quotes may hold commas.
std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  for (std::string& cell : cells) cell = trimmed(cell);
  return cells;
}

/// The names that columns have in lists and in nvidia-smi's CSV, and what they are here.
const std::map<std::string, std::string> kColumns = {{"name", "name"},
                                                     {"node", "name"},
                                                     {"host", "name"},
                                                     {"device", "device"},
                                                     {"count", "count"},
                                                     {"free_gib", "free_gib"},
                                                     {"ram_gib", "ram_gib"},
                                                     {"pool", "pool"},
                                                     {"memory.total [MiB]", "total_mib"},
                                                     {"memory.free [MiB]", "free_mib"},
                                                     {"memory_gib", "memory_gib"},
                                                     {"uuid", "uuid"},
                                                     {"index", "index"}};

class Table {
 public:
  Table(std::string path, const std::string& text) : path_(std::move(path)), lines_(text) {}

  void read(Inventory& inventory) {
    for (std::string line; std::getline(lines_, line);) {
      ++number_;
      if (trimmed(line).empty() || trimmed(line).front() == '#') continue;
      const std::vector<std::string> cells = cells_of(line);
      if (columns_.empty()) {
        read_header(cells);
      } else {
        inventory.rows.push_back(row_of(cells));
      }
    }
    if (columns_.empty()) fail("has no line of column names");
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorKind::kBadFile, fmt::format("{}:{}: {}", printable(path_, 4096), number_, problem));
  }

  /// nvidia-smi calls the GPU "name" where a list calls the node so.
  void read_header(const std::vector<std::string>& cells) {
    const bool by_nvidia_smi = std::find(cells.begin(), cells.end(), "memory.total [MiB]") != cells.end();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const auto known = kColumns.find(cells[i]);
      if (by_nvidia_smi && cells[i] == "name") {
        columns_["device"] = i;
      } else if (known != kColumns.end()) {
        columns_[known->second] = i;
      }
    }
    if (columns_.count("device") == 0)
      fail(
          "this is no inventory: it has no column \"device\"; a list begins with "
          "name,device,count,free_gib,ram_gib,pool");
  }

  std::string cell(const std::vector<std::string>& cells, const char* column) const {
    const auto place = columns_.find(column);
    return place == columns_.end() || place->second >= cells.size() ? "" : cells[place->second];
  }

  /// A number with what is behind it cut off; unset where the cell is empty or says that it is not known.
  std::optional<double> number(const std::vector<std::string>& cells, const char* column) const {
    const std::string text = cell(cells, column);
    if (text.empty() || text.front() == '[' || text == "N/A") return std::nullopt;
    double value = 0;
    const auto [rest, error] = decimal_from(text.data(), text.data() + text.size(), value);
    const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
    if (error != std::errc() || !std::isfinite(value) || value < 0 || value > 1e8 || (!unit.empty() && unit != " MiB"))
      fail(fmt::format("\"{}\" is no number for {}", printable(text), column));
    return value;
  }

  std::optional<Bytes> size(const std::vector<std::string>& cells, const char* gib, const char* mib) const {
    if (const auto value = number(cells, gib)) return from_gib(*value);
    const auto value = mib != nullptr ? number(cells, mib) : std::nullopt;
    return value ? std::optional(from_gib(*value / 1024)) : std::nullopt;
  }

  InventoryRow row_of(const std::vector<std::string>& cells) const {
    InventoryRow row;
    row.node = printable(cell(cells, "name"));
    if (row.node.empty()) row.node = "this machine";
    row.product = printable(cell(cells, "device"));
    if (row.product.empty()) fail("names no device");
    const double count = number(cells, "count").value_or(1);
    if (count < 1 || count > static_cast<double>(kMostSlots) || count != std::floor(count))
      fail(fmt::format("the count is no whole number from 1 to {}", kMostSlots));
    row.slots = row.free = static_cast<std::int64_t>(count);
    row.memory = size(cells, "memory_gib", "total_mib");
    row.free_memory = size(cells, "free_gib", "free_mib");
    row.ram = size(cells, "ram_gib", nullptr);
    row.pool = printable(cell(cells, "pool"));
    row.id = printable(cell(cells, cell(cells, "uuid").empty() ? "index" : "uuid"));
    return row;
  }

  std::string path_;
  std::istringstream lines_;
  std::size_t number_ = 0;
  std::map<std::string, std::size_t> columns_;
};

}  // namespace

void read_inventory_csv(const std::string& path, const std::string& text, Inventory& inventory) {
  Table(path, text).read(inventory);
}

}  // namespace lfmfit
