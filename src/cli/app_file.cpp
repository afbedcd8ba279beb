#include "cli/app_file.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string_view>
#include <system_error>

#include "lfmfit/error.hpp"
#include "render/html.hpp"

namespace lfmfit::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNoOverlays = R"(id="overlays">[]<)";

/// From the folder of the program: installed, and in the tree of a build.
constexpr std::array<const char*, 2> kPlaces = {"../share/lfmfit/lfmfit.html", "../app/lfmfit.html"};

constexpr const char* kHowToGet =
    "`scripts/app` of the sources builds it (with emscripten), `cmake --install` puts it there";

}  // namespace

std::string read_app(const fs::path& program, const std::string& version, std::string_view facts) {
  const fs::path folder = program.parent_path();
  for (const char* place : kPlaces) {
    const fs::path path = (folder / place).lexically_normal();
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (!file || !(text << file.rdbuf())) continue;
    std::string page = text.str();
    const std::string same_version = fmt::format("content=\"lfmfit {}, catalogue ", version);
    if (page.find(fmt::format("{}{}\"", same_version, facts)) != std::string::npos) return page;
    const bool is_other = page.find(same_version) == std::string::npos;
    throw Error(ErrorKind::kBadFile,
                fmt::format("{} {} than this lfmfit, {}; {}", path.string(),
                            is_other ? "is of another version" : "holds another state of the catalogue",
                            is_other ? version : facts, kHowToGet));
  }
  const std::string wanted = program.empty() ? "" : " at " + (folder / kPlaces.front()).lexically_normal().string();
  throw Error(ErrorKind::kBadFile, fmt::format("the app is not there{}; {}", wanted, kHowToGet));
}

std::string app_with(std::string page, const std::vector<Overlay>& overlays) {
  const std::size_t place = page.find(kNoOverlays);
  if (place == std::string::npos)
    throw Error(ErrorKind::kBadFile, "the app has no place for your own facts; run scripts/app again");
  render::Json list = render::Json::array();
  for (const Overlay& overlay : overlays)
    list.push_back({{"path", fs::path(overlay.path).filename().string()}, {"text", overlay.text}});
  page.replace(page.find('[', place), 2, render::script_json(list));
  return page;
}

}  // namespace lfmfit::cli
