#include "cli/app_file.hpp"

#include <nlohmann/json.hpp>

#include "app/door.hpp"
#include "catch.hpp"
#include "lfmfit/error.hpp"
#include "support/program.hpp"
#include "support/temporary_folder.hpp"

using namespace lfmfit;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kFacts = "0123456789abcdef";
const std::string kPage =
    R"(<meta name="generator" content="lfmfit 1.2.3, catalogue 0123456789abcdef"><script type="application/json" id="overlays">[]</script>)";

}  // namespace

TEST_CASE("the app is found where it is installed, and in the tree of a build") {
  const test::TemporaryFolder folder;
  const std::string program = folder.file("bin/lfmfit");
  CHECK_THROWS_WITH(cli::read_app(program, "1.2.3", kFacts), Contains("scripts/app") && Contains("share/lfmfit"));
  folder.write("app/lfmfit.html", kPage);
  CHECK(cli::read_app(program, "1.2.3", kFacts) == kPage);
  folder.write("share/lfmfit/lfmfit.html", kPage + "installed");
  CHECK(cli::read_app(program, "1.2.3", kFacts) == kPage + "installed");
}

TEST_CASE("an app of another version is refused") {
  const test::TemporaryFolder folder;
  folder.write("app/lfmfit.html", kPage);
  CHECK_THROWS_WITH(cli::read_app(folder.file("bin/lfmfit"), "1.2.4", kFacts), Contains("another version"));
}

TEST_CASE("an app of the same version with other facts is refused") {
  const test::TemporaryFolder folder;
  folder.write("app/lfmfit.html", kPage);
  CHECK_THROWS_WITH(cli::read_app(folder.file("bin/lfmfit"), "1.2.3", "fedcba9876543210"),
                    Contains("another state of the catalogue") && Contains("fedcba9876543210"));
}

TEST_CASE("the user's own facts lie in the app so that no text of theirs ends the element") {
  const std::string page = cli::app_with(kPage, {{"/home/someone/facts/own.json", R"({"x": "</script>"})"}});
  CHECK(page.find("/home/someone") == std::string::npos);
  CHECK(page.find("</script>") == page.rfind("</script>"));
  const std::size_t start = page.find("[{");
  const auto overlays = app::overlays_of(page.substr(start, page.rfind(']') + 1 - start));
  REQUIRE(overlays.size() == 1);
  CHECK(overlays[0].path == "own.json");
  CHECK(overlays[0].text == R"({"x": "</script>"})");
}

TEST_CASE("without the app, the command says how to get it") {
  const test::ProgramRun outcome = test::lfmfit({"app", "-o", "/dev/null"});
  CHECK(outcome.code == 2);
  CHECK(outcome.out.empty());
  CHECK_THAT(outcome.err, Contains("scripts/app"));
}
