#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lfmfit {

/// The files that a kernel shows of itself (/proc, /sys), below a root of our choice so that recorded ones can be read.
/// Whatever lies there is taken for hostile: files are read up to a bound, and what is no plain file, cannot be read or
/// says something else than it should counts as not there.
class SystemFiles {
 public:
  explicit SystemFiles(std::filesystem::path root) : root_(std::move(root)) {}

  /// The first `limit` bytes of the file; empty where there is none.
  std::string text(const std::filesystem::path& path, std::size_t limit = 64U << 10) const;
  /// Its first line without blanks around it.
  std::string line(const std::filesystem::path& path) const;
  /// The whole number, not less than 0, that is all of its first line; decimal, or hexadecimal behind "0x".
  std::optional<std::int64_t> number(const std::filesystem::path& path) const;
  /// The names of what lies in a folder, sorted; at most 4,096.
  std::vector<std::string> names(const std::filesystem::path& folder) const;
  bool exists(const std::filesystem::path& path) const;
  /// The last part of what a link leads to; empty where it is none.
  std::string link_name(const std::filesystem::path& path) const;

 private:
  std::filesystem::path below(const std::filesystem::path& path) const { return root_ / path.relative_path(); }

  std::filesystem::path root_;
};

/// `text` without blanks and ends of lines around it.
std::string without_blanks(std::string_view text);

/// The lines of `text`, without their ends.
std::vector<std::string_view> lines_of(std::string_view text);

/// The words of `line`, which blanks part.
std::vector<std::string_view> words_of(std::string_view line);

/// The whole number, not less than 0, that `text` is; decimal, or hexadecimal behind "0x".
std::optional<std::int64_t> whole_number_of(std::string_view text);

}  // namespace lfmfit
