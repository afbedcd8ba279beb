#include "readers/named_file.hpp"

#include <fmt/format.h>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr std::size_t kLongestName = 4096;

}  // namespace

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::exists(path, error) && !error;
}

void refuse(const std::string& name, const std::string& what) {
  throw Error(ErrorKind::kBadFile, fmt::format("{}: {}", printable(name, kLongestName), what));
}

}  // namespace lfmfit
