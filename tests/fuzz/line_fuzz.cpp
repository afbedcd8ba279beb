#include <memory>
#include <string>

#include "ask/pasted_command.hpp"
#include "ask/shell_words.hpp"
#include "fuzz.hpp"
#include "lfmfit/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const lfmfit::Catalog catalog;
  const auto finder = std::make_unique<lfmfit::ask::Finder>(catalog, lfmfit::EnvironmentVariables());
  lfmfit::Asked base;
  base.model = "LiquidAI/LFM2-1.2B";  // no file that the line names is opened for it
  try {
    const lfmfit::ask::PastedCommand pasted =
        lfmfit::ask::read_pasted(lfmfit::ask::shell_commands(as_text(data, size)), base, catalog);
    (void)lfmfit::ask::question_of(lfmfit::ask::asked_on(pasted, "rtx-3060", *finder).asked, *finder);
  } catch (const lfmfit::Error&) {
  }
  return 0;
}
