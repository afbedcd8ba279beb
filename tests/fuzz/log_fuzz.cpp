#include <memory>
#include <sstream>
#include <string>

#include "ask/log_audit.hpp"
#include "fuzz.hpp"
#include "lfmfit/error.hpp"
#include "readers/load_log.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lfmfit::Catalog catalog;
  // a new one each time: what it finds it keeps
  const auto finder = std::make_unique<lfmfit::ask::Finder>(catalog, lfmfit::EnvironmentVariables());
  lfmfit::Asked base;
  base.model = "LiquidAI/LFM2-1.2B";  // no file of that name is looked for
  try {
    std::istringstream in{std::string(as_text(data, size))};
    (void)lfmfit::ask::audit_of(lfmfit::read_load_log(in, "fuzz"), "fuzz", base, *finder);
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
