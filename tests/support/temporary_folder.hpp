#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace test {

/// A folder of a test's own that goes when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string path() const { return path_.string(); }
  /// The path of `name` in it; folders on the way are made.
  std::string file(const std::string& name) const;
  /// Writes `text` to the file `name` and returns its path.
  std::string write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace test
