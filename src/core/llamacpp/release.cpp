#include "lfmfit/release.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string>

#include "lfmfit/error.hpp"
#include "lfmfit/request.hpp"

namespace lfmfit {

namespace {

constexpr std::string_view kProgram = "llama.cpp";
constexpr std::int64_t kLeastBareBuild = 1000;  // a number that no version starts with

/// Whether `asked` is `version` or as many of its first parts: "0.7" of "0.7.0".
bool is_version(std::string_view asked, std::string_view version) {
  return version == asked || (version.starts_with(asked) && version[asked.size()] == '.');
}

/// What follows the program's name: "0.7" of "llama.cpp@0.7" and "llama.cpp v0.7".
std::string_view version_in(std::string_view runtime) {
  std::string_view rest = runtime.substr(kProgram.size());
  for (const std::string_view before : {"@", " ", "v"}) {
    if (rest.starts_with(before)) rest.remove_prefix(before.size());
  }
  return rest;
}

/// The number of a build: 9849 of "b9849", "b11151-bd4f514db", "build 11501" and "9849"; none of "0.7".
std::optional<std::int64_t> build_in(std::string_view version) {
  const bool is_marked = version.starts_with('b');
  for (const std::string_view before : {"build", "b", " "}) {
    if (version.starts_with(before)) version.remove_prefix(before.size());
  }
  std::int64_t number = 0;
  const char* end = version.data() + version.size();
  const auto [rest, error] = std::from_chars(version.data(), end, number);
  const bool is_whole = rest == end && number >= kLeastBareBuild;
  if (error != std::errc() || !(is_marked || is_whole)) return std::nullopt;
  return number;
}

/// A row that follows all rules of the one before it.
Release after(Release before, const char* version, const char* name, std::int64_t first_build) {
  before.version = version;
  before.name = name;
  before.first_build = first_build;
  return before;
}

[[noreturn]] void refuse(std::string_view runtime) {
  std::string known;
  for (const Release& release : releases())
    known += (known.empty() ? "" : ", ") + ("llama.cpp@" + std::string(release.version));
  throw Error(ErrorKind::kBadRequest, "no rules are known for the runtime '" + std::string(runtime) + "'; known are " +
                                          known + ", llama.cpp@b9849 for a build, and llama.cpp for the newest");
}

}  // namespace

// The order of rows is the order of releases: the last is the newest. What builds before releases do was compared with
// prebuilt libraries of b8095, b8390, b9842, b10361 and v0.4.0; a rule starts where its change is dated, or between.
const std::vector<Release>& releases() {
  static const std::vector<Release> rows = [] {
    Release oldest = after({}, "b8390", "llama.cpp b8095 to b8599", 8095);
    oldest.compared_in_part = oldest.picks_rows_in_last_layer = true;
    Release rotating = after(oldest, "b9010", "llama.cpp b8600 to b9429", 8600);
    rotating.rotates_quantized_keys = true;
    // pull requests 23764, 23861 and 23907, merged from 28 May 2026 on
    Release limiting = after(rotating, "b9842", "llama.cpp b9430 to b9999", 9430);
    limiting.halves_masks = limiting.limits_outputs = limiting.copies_quantized_caches = true;
    Release drafting = after(limiting, "b10039", "llama.cpp b10000 to b10039", 10000);
    drafting.shows_hidden_states = true;
    drafting.picks_rows_in_last_layer = false;
    // pull request 24233, of 16 July 2026, undone by 25863: b10588 reads in place, b11151 and v0.5.0 do not
    Release reading = after(drafting, "b10361", "llama.cpp b10040 to b10399", 10040);
    reading.integrated_reads_host = true;
    Release protecting = after(reading, "b10588", "llama.cpp b10400 to b10899", 10400);
    protecting.compared_in_part = false;
    protecting.protects_fusions = protecting.reserves_cache_copies = protecting.copies_beside_integrated = true;
    Release released = after(protecting, "0.5.0", "llama.cpp v0.5.0", 10900);
    released.integrated_reads_host = false;
    Release mixing = after(released, "0.6.0", "llama.cpp v0.6.0", 11402);
    mixing.mixes_inputs = true;
    Release newest = after(mixing, "0.7.0", "llama.cpp v0.7.0", 11502);
    newest.scales_rows = newest.looks_up_layers_first = newest.picks_rows_in_last_layer = true;
    newest.gathers_states_once = newest.scans_spare_states = newest.reads_strided_gates = true;
    newest.joins_shared_expert = newest.copies_unused_inputs = newest.caches_experts = true;
    newest.embeds_without_output = newest.looks_up_positions_first = newest.pads_encoder_keys = true;
    return std::vector<Release>{oldest, rotating, limiting, drafting, reading, protecting, released, mixing, newest};
  }();
  return rows;
}

const Release& release_of(const Request& request) {
  return request.release != nullptr ? *request.release : releases().back();
}

const Release& release_of_build(std::int64_t number) {
  const std::vector<Release>& rows = releases();
  const auto next =
      std::find_if(rows.begin(), rows.end(), [&](const Release& row) { return row.first_build > number; });
  if (next != rows.begin()) return *std::prev(next);
  throw Error(ErrorKind::kBadRequest, "no rules are known for build " + std::to_string(number) +
                                          " of llama.cpp; the oldest that is known is b" +
                                          std::to_string(rows.front().first_build));
}

const Release& release_called(std::string_view runtime) {
  if (!runtime.starts_with(kProgram)) refuse(runtime);
  if (runtime == kProgram) return releases().back();
  const std::string_view version = version_in(runtime);
  if (const std::optional<std::int64_t> build = build_in(version)) return release_of_build(*build);
  for (const Release& release : releases()) {
    if (!version.empty() && is_version(version, release.version)) return release;
  }
  refuse(runtime);
}

}  // namespace lfmfit
