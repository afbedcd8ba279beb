#include "render/device_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "render/figures.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kWide = 100;      // columns from which tables say more
constexpr int kVeryWide = 120;  // and from which they say all

Cell speed_cell(const std::optional<Speed>& speed) {
  if (!speed) return {"unknown", Style::kFaint};
  return {band_text(speed->decode)};
}

Cell prefill_cell(const std::optional<Speed>& speed) {
  if (!speed || !speed->prefill) return {"-", Style::kFaint};
  return {rate_text(speed->prefill->value)};
}

Cell rate_cell(const std::optional<TokenRate>& rate) {
  if (!rate) return {"-", Style::kFaint};
  return {rate_text(*rate)};
}

/// "great"; where host memory holds some of it "partly", and where there is room "partly, 30.1 RAM".
std::string verdict_cell(const Fit& fit, bool has_room) {
  const std::string word = verdict_word(fit.verdict);
  if (!has_room) return word;
  for (const PlaceFit& place : fit.places) {
    if (place.place == kHost && fit.verdict == Verdict::kPartial)
      return fmt::format("{}, {:.1f} RAM", word, in_gb(place.required));
  }
  return word;
}

/// What a table of devices shows, as far as the terminal has room.
struct DeviceColumns {
  bool usable, half, full, hardware;
};

/// Calculator sites know no speed but one: their tables have room for the usable memory.
DeviceColumns device_columns(const Report& report, const Terminal& terminal) {
  const bool depths = law_of(report.question).tells_bands;
  return {terminal.width >= kWide || !depths, depths && terminal.width >= kWide, depths,
          terminal.width >= kVeryWide || (terminal.width >= kWide && !depths)};
}

TextTable device_table_of(const std::string& title, const DeviceColumns& shown) {
  std::vector<Column> columns = {{title, Align::kLeft, true}, {"runs"}, {"needs", Align::kRight}};
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
  std::vector<Cell> cells = {{group.name()},
                             {verdict_cell(row.fit, shown.usable), verdict_style(row.fit.verdict)},
                             {in_gb_text(row.fit.required)}};
  if (shown.usable) cells.push_back({in_gb_text(row.fit.usable)});
  cells.insert(cells.end(), {{in_gb_text(row.fit.headroom)}, speed_cell(row.speed)});
  if (shown.half) cells.push_back(rate_cell(row.speed ? row.speed->decode_half_context : std::nullopt));
  if (shown.full) cells.push_back(rate_cell(row.speed ? row.speed->decode_full_context : std::nullopt));
  cells.push_back(prefill_cell(row.speed));
  if (shown.hardware) {
    cells.push_back(
        {row.device->bandwidth > Bandwidth(0) ? fmt::format("{:.0f}", in_gb_per_second(row.device->bandwidth)) : "-"});
    cells.push_back({row.backend->label});
  }
  return cells;
}

}  // namespace

std::string device_table(const Report& report, const std::string& title, const std::vector<DeviceGroup>& groups,
                         std::size_t top, const Terminal& terminal) {
  const DeviceColumns shown = device_columns(report, terminal);
  TextTable table = device_table_of(title, shown);
  for (std::size_t i = 0; i < std::min(groups.size(), top); ++i) table.add(device_cells(groups[i], shown));
  return table.text(terminal);
}

}  // namespace lfmfit::render
