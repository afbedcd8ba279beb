#include <algorithm>
#include <cstring>
#include <string>

#include "fuzz.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/model_file.hpp"
#include "lfmfit/reader_facts.hpp"

namespace {

/// A file that goes on behind `data` as far as any tensor list wants, so that headers without weights are whole models;
/// but a header may not go on there for long, or the fuzzer would walk over zeros.
class EndlessSource final : public lfmfit::ByteSource {
 public:
  explicit EndlessSource(std::string_view data) : data_(data) {}
  const std::string& name() const override { return name_; }
  std::int64_t size() const override { return std::int64_t{1} << 45; }
  void read(std::int64_t offset, char* to, std::size_t count) const override {
    if (offset > static_cast<std::int64_t>(data_.size()) + (1 << 20))
      throw lfmfit::Error(lfmfit::ErrorKind::kBadFile, "too far");
    std::memset(to, 0, count);
    const auto start = static_cast<std::size_t>(offset);
    if (start < data_.size()) std::memcpy(to, data_.data() + start, std::min(count, data_.size() - start));
  }

 private:
  std::string_view data_;
  std::string name_ = "fuzz.gguf";
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lfmfit::Catalog catalog;
  static const lfmfit::ReaderFacts facts = lfmfit::reader_facts(catalog);
  try {
    const lfmfit::Model model = lfmfit::model_of_gguf(
        {lfmfit::read_gguf(EndlessSource(as_text(data, size)), facts.tensor_type)}, "fuzz.gguf", facts);
    (void)lfmfit::parameter_count(model);
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
