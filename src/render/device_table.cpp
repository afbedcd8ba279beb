#include "render/device_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/figures.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

constexpr const char* kUnmeasured = "~";
constexpr int kWide = 100;  // columns from which tables say more
const SharedValue<Speed> kNoSpeed;
constexpr int kVeryWide = 120;  // and from which they say all

Cell speed_cell(const SharedValue<Speed>& speed, Verdict verdict) {
  if (!speed) return {verdict == Verdict::kTooBig ? "-" : "unknown", Style::kFaint};
  return {marked_band_text(speed->decode)};
}

Cell prefill_cell(const SharedValue<Speed>& speed) {
  if (!speed || !speed->prefill) return {"-", Style::kFaint};
  return {(speed->prefill->measured ? "" : kUnmeasured) + rate_text(speed->prefill->value)};
}

Cell rate_cell(const std::optional<TokenRate>& rate) {
  if (!rate) return {"-", Style::kFaint};
  return {rate_text(*rate)};
}

/// What a table of devices shows, as far as the terminal has room.
struct DeviceColumns {
  bool usable, half, full, hardware;
  bool mark_memory;  ///< where a backend's memory was not checked
  Detail detail;
  const char* needs;  ///< what the column is called: in brief nothing else says that it is the upper bound
};

/// "great"; where host memory holds some of it "partly", where there is room "partly, 30.1 RAM", and in brief
/// "30 in RAM".
std::string verdict_cell(const Fit& fit, const DeviceColumns& shown) {
  const std::string word = verdict_word(fit.verdict);
  if (fit.verdict != Verdict::kPartial) return word;
  for (const PlaceFit& place : fit.places) {
    if (place.place != kHost) continue;
    if (shown.usable) return fmt::format("{}, {:.1f} RAM", word, in_gb(place.required));
    if (shown.detail == Detail::kBrief) return fmt::format("{:.0f} in RAM", in_gb(place.required));
  }
  return word;
}

/// Calculator sites know no speed but one: their tables have room for the usable memory.
DeviceColumns device_columns(const Report& report, Detail detail, const Terminal& terminal) {
  const bool depths = law_of(report.question).tells_bands;
  const bool wide = terminal.width >= kWide;
  return {wide || !depths,
          depths && wide,
          depths && (wide || detail == Detail::kAll),
          terminal.width >= kVeryWide || (wide && !depths),
          law_of(report.question).tells_driver_share,
          detail,
          detail == Detail::kBrief && depths && !report.question.vllm ? "at most" : "needs"};
}

TextTable device_table_of(const std::string& title, const DeviceColumns& shown) {
  std::vector<Column> columns = {{title, Align::kLeft, true}, {"runs"}, {shown.needs, Align::kRight}};
  if (shown.usable) columns.push_back({"usable", Align::kRight});
  columns.insert(columns.end(), {{"free", Align::kRight}, {"decode tok/s", Align::kRight}});
  if (shown.half) columns.push_back({"at half", Align::kRight});
  if (shown.full) columns.push_back({"at full", Align::kRight});
  columns.push_back({"prefill", Align::kRight});
  if (shown.hardware) columns.insert(columns.end(), {{"GB/s", Align::kRight}, {"backend"}});
  return TextTable(std::move(columns));
}

std::vector<Cell> device_cells(const DeviceGroup& group, const DeviceColumns& shown) {
  const DeviceRow& row = group.smallest();
  const std::string mark = shown.mark_memory && !row.backend->measured ? kUnmeasured : "";
  std::vector<Cell> cells = {{group.name()},
                             {verdict_cell(row.fit, shown), verdict_style(row.fit.verdict)},
                             {mark + in_gb_text(row.fit.required)}};
  if (shown.usable) cells.push_back({in_gb_text(row.fit.usable)});
  // a pool that is too small as it is set has a speed all the same, which would say in brief that it runs there
  const bool tells_speed = shown.detail == Detail::kAll || row.fit.verdict != Verdict::kTooBig;
  const SharedValue<Speed>& speed = tells_speed ? row.speed : kNoSpeed;
  cells.insert(cells.end(), {{in_gb_text(row.fit.headroom)}, speed_cell(speed, row.fit.verdict)});
  if (shown.half) cells.push_back(rate_cell(speed ? speed->decode_half_context : std::nullopt));
  if (shown.full) cells.push_back(rate_cell(speed ? speed->decode_full_context : std::nullopt));
  cells.push_back(prefill_cell(speed));
  if (shown.hardware) {
    cells.push_back(
        {row.device->bandwidth > Bandwidth(0) ? fmt::format("{:.0f}", in_gb_per_second(row.device->bandwidth)) : "-"});
    cells.push_back({row.backend->label});
  }
  return cells;
}

}  // namespace

std::string device_table(const Report& report, const std::string& title, const std::vector<DeviceGroup>& groups,
                         std::size_t top, Detail detail, const Terminal& terminal) {
  const DeviceColumns shown = device_columns(report, detail, terminal);
  TextTable table = device_table_of(title, shown);
  for (std::size_t i = 0; i < std::min(groups.size(), top); ++i) table.add(device_cells(groups[i], shown));
  return table.text(terminal);
}

}  // namespace lfmfit::render
