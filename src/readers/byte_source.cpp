#include "lfmfit/byte_source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/printable.hpp"
#include "lfmfit/error.hpp"
#include "readers/named_file.hpp"

namespace lfmfit {

namespace {

void check_range(const ByteSource& source, std::int64_t offset, std::size_t count) {
  if (offset < 0 || offset > source.size() || count > static_cast<std::uint64_t>(source.size() - offset)) {
    refuse(source.name(), fmt::format("truncated: it has {} bytes and refers to byte {}; download it again",
                                      source.size(), offset + static_cast<std::int64_t>(count >> 1)));
  }
}

class FileSource final : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : name_(path) {
    struct stat status {};
    if (path.find('\0') != std::string::npos) refuse(path, "a path cannot hold a null byte");
    if (::stat(path.c_str(), &status) != 0) refuse(path, std::strerror(errno));
    check_kind(status);
    // The kind may change between the two calls: O_NONBLOCK keeps a pipe from hanging, and it is checked once more.
    descriptor_ = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (descriptor_ < 0) refuse(path, std::strerror(errno));
    try {
      if (::fstat(descriptor_, &status) != 0) refuse(path, std::strerror(errno));
      check_kind(status);
    } catch (...) {
      ::close(descriptor_);
      throw;
    }
    size_ = status.st_size;
  }
  ~FileSource() override { ::close(descriptor_); }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  const std::string& name() const override { return name_; }
  std::int64_t size() const override { return size_; }

  void read(std::int64_t offset, char* to, std::size_t count) const override {
    check_range(*this, offset, count);
    while (count > 0) {
      const ssize_t got = ::pread(descriptor_, to, count, offset);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) refuse(name_, std::strerror(errno));
      if (got == 0) refuse(name_, "it became shorter while it was read");
      to += got;
      offset += got;
      count -= static_cast<std::size_t>(got);
    }
  }

 private:
  void check_kind(const struct stat& status) const {
    if (S_ISDIR(status.st_mode)) refuse(name_, "is a folder, not a file");
    if (!S_ISREG(status.st_mode)) refuse(name_, "is no regular file (a pipe, a socket or a device)");
  }

  std::string name_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::string name, std::string_view bytes) : name_(std::move(name)), bytes_(bytes) {}
  const std::string& name() const override { return name_; }
  std::int64_t size() const override { return static_cast<std::int64_t>(bytes_.size()); }
  void read(std::int64_t offset, char* to, std::size_t count) const override {
    check_range(*this, offset, count);
    if (count > 0) std::memcpy(to, bytes_.data() + offset, count);
  }

 private:
  std::string name_;
  std::string_view bytes_;
};

}  // namespace

std::unique_ptr<ByteSource> open_file(const std::string& path) { return std::make_unique<FileSource>(path); }

std::unique_ptr<ByteSource> bytes_in_memory(std::string name, std::string_view bytes) {
  return std::make_unique<MemorySource>(std::move(name), bytes);
}

std::string read_all(const ByteSource& source, std::int64_t limit) {
  if (source.size() > limit) {
    refuse(source.name(),
           fmt::format("has {} bytes, more than the {} that a file of this kind can have", source.size(), limit));
  }
  std::string text(static_cast<std::size_t>(source.size()), '\0');
  source.read(0, text.data(), text.size());
  return text;
}

}  // namespace lfmfit
