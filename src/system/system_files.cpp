#include "system/system_files.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <system_error>

namespace lfmfit {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNames = 4096;
constexpr std::string_view kBlanks(" \t\r\n\0", 5);

}  // namespace

std::string SystemFiles::text(const fs::path& path, std::size_t limit) const {
  std::error_code error;
  const fs::path file = below(path);
  if (!fs::is_regular_file(file, error) || error) return {};  // a pipe would make us wait
  std::ifstream in(file, std::ios::binary);
  std::string text;
  char piece[1 << 12];
  while (text.size() < limit && in) {
    in.read(piece, static_cast<std::streamsize>(std::min(sizeof piece, limit - text.size())));
    text.append(piece, static_cast<std::size_t>(in.gcount()));
  }
  return text;
}

std::string SystemFiles::line(const fs::path& path) const {
  const std::string all = text(path, 1U << 10);
  return without_blanks(std::string_view(all).substr(0, all.find('\n')));
}

std::optional<std::int64_t> SystemFiles::number(const fs::path& path) const { return whole_number_of(line(path)); }

std::vector<std::string> SystemFiles::names(const fs::path& folder) const {
  std::vector<std::string> names;
  std::error_code error;
  fs::directory_iterator walk(below(folder), fs::directory_options::skip_permission_denied, error);
  for (; !error && walk != fs::directory_iterator() && names.size() < kMaxNames; walk.increment(error))
    names.push_back(walk->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

bool SystemFiles::exists(const fs::path& path) const {
  std::error_code error;
  return fs::exists(below(path), error) && !error;
}

std::string SystemFiles::link_name(const fs::path& path) const {
  std::error_code error;
  const fs::path target = fs::read_symlink(below(path), error);
  return error ? std::string() : target.filename().string();
}

std::string without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kBlanks) - first + 1));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(kBlanks, end);
  }
  return words;
}

std::optional<std::int64_t> whole_number_of(std::string_view text) {
  const bool hexadecimal = text.substr(0, 2) == "0x";
  if (hexadecimal) text.remove_prefix(2);
  std::int64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, hexadecimal ? 16 : 10);
  if (error != std::errc() || rest != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

}  // namespace lfmfit
