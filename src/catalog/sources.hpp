#pragma once

#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/row_table.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit {

/// A file's name for messages, and its text.
struct TextFile {
  std::string path;
  std::string text;
};

/// The texts of all data: the files built into the program, then overlays. Cuts them into rows when asked, and no
/// sooner.
class Sources {
 public:
  /// Throws Error(kBadFile) when an overlay is no JSON object or has a key that no data file has.
  explicit Sources(std::vector<Overlay> overlays);

  /// Whether overlays say something of one of `kinds`.
  bool overlays_have(std::initializer_list<std::string_view> kinds) const;

  /// What table() may be asked for.
  static std::vector<std::string> tables();

  /// The rows under `kind`: "models", "devices", "architectures" or "backends".
  const RowTable& table(const std::string& kind);

  /// The file that holds `kind`, which is any other, as one text: what overlays say of it is put in, rows replaced by
  /// name.
  TextFile whole(const std::string& kind) const;

 private:
  std::deque<Overlay> overlays_;
  std::set<std::string, std::less<>> overlaid_;  ///< kinds that overlays say something of
  std::map<std::string, RowTable> tables_;
};

}  // namespace lfmfit
