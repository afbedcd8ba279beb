// Where readers of files take their bytes from. A source keeps no position, so any number of threads may read from one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace lfmfit {

/// Bytes that can be read from any position: a file, or memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// What to call it in messages: a path.
  virtual const std::string& name() const = 0;
  /// Bytes it holds.
  virtual std::int64_t size() const = 0;
  /// Copies `count` bytes from `offset` on to `to`. Throws Error(kBadFile) when they do not all lie inside, or cannot
  /// be read.
  virtual void read(std::int64_t offset, char* to, std::size_t count) const = 0;
};

/// The file at `path`. Opens regular files only, so that a pipe or a device cannot hang the program.
/// Throws Error(kBadFile) saying why it cannot be read.
std::unique_ptr<ByteSource> open_file(const std::string& path);

/// `bytes`, which must outlive the source, under `name`.
std::unique_ptr<ByteSource> bytes_in_memory(std::string name, std::string_view bytes);

/// All of `source`, which must not exceed `limit` bytes; for small text files. Throws Error(kBadFile).
std::string read_all(const ByteSource& source, std::int64_t limit);

}  // namespace lfmfit
