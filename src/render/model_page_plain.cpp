#include "render/model_page_plain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "core/base/number_text.hpp"
#include "page/page_row.hpp"
#include "render/figures.hpp"
#include "render/html.hpp"

namespace lfmfit::render {

namespace {

constexpr std::size_t kRows = 15;
constexpr double kWorthTelling = 1.15;  ///< what sites say is this many times more or less

using Cells = std::vector<std::string>;

std::string named(const std::string& text) { return "<bdi>" + escaped(text) + "</bdi>"; }

std::string table_html(const std::string& caption, const Cells& head, const std::vector<Cells>& rows) {
  std::string html = "<table class=\"plain\"><caption>" + caption + "</caption><thead><tr>";
  for (const std::string& cell : head) html += "<th scope=\"col\">" + cell + "</th>";
  html += "</tr></thead><tbody>\n";
  for (const Cells& row : rows) {
    html += "<tr><th scope=\"row\">" + row.front() + "</th>";
    for (std::size_t i = 1; i < row.size(); ++i) html += "<td>" + row[i] + "</td>";
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

/// All that a state takes on the backend of the figures that are of no device.
std::optional<ByteRange> total_in(const ModelPage& page, const PageState& state) {
  const PageBackend& table = page.backends[page.reference];
  std::optional<ByteRange> memory = memory_in(page, table, state);
  if (!memory) return std::nullopt;
  const ByteRange driver = share_of(table.driver, *compute_in(page, table, state));
  return ByteRange{memory->low + driver.low, memory->value + driver.value, memory->high + driver.high};
}

std::string place_text(const ModelPage& page) {
  return page.backends[page.reference].backend->is_cpu ? "memory" : "GPU memory";
}

std::string tokens_text(const ModelPage& page, const PageState& state) {
  return grouped(page.choices.contexts[state.context].count()) + " tokens of context";
}

/// "1.21 GB (0.98 to 1.63)"
std::string range_text(const ByteRange& range) {
  if (range.low == range.high) return gb_text(range.value);
  return fmt::format("{} ({} to {})", gb_text(range.value), in_gb_text(range.low), in_gb_text(range.high));
}

/// What calculator sites say for the whole context, where it is far from the truth; else empty.
std::string sites_sentence(const ModelPage& page) {
  PageState state = first_state(page);
  state.context = page.choices.contexts.size() - 1;
  const auto said = page.calculators_say[state.quantization * page.choices.contexts.size() + state.context];
  const std::optional<ByteRange> total = total_in(page, state);
  if (!said || !total) return "";
  const double ratio = static_cast<double>(said->count()) / static_cast<double>(total->value.count());
  if (ratio < kWorthTelling && ratio > 1 / kWorthTelling) return "";
  return fmt::format("Other sites say {} for {}; llama.cpp takes {}.", gb_text(*said), tokens_text(page, state),
                     gb_text(total->value));
}

std::string quantizations_html(const ModelPage& page) {
  PageState state = first_state(page);
  std::vector<Cells> rows;
  for (std::size_t q = 0; q < page.choices.quantizations.size(); ++q) {
    state.quantization = q;
    const std::optional<ByteRange> total = total_in(page, state);
    rows.push_back({named(page.choices.quantizations[q]->name), total ? range_text(*total) : "cannot run",
                    gb_text(page.file_bytes[q])});
  }
  const std::string takes = "Takes of " + place_text(page);
  return "<h2>Quantizations</h2>\n" +
         table_html("Memory at " + tokens_text(page, state), {"Quantization", takes, "File"}, rows);
}

std::string decode_text(const PageRow& row) {
  return row.decode ? (row.decode->measured ? "" : "~") + band_text(*row.decode) : "&#8211;";
}

std::string devices_html(const ModelPage& page, DeviceClass device_class, const std::string& title) {
  std::vector<PageRow> found = rows_that_run(page, device_class, first_state(page));
  if (found.empty()) return "";
  const std::string count = fmt::format("{} of them run it{}", found.size(),
                                        found.size() > kRows ? fmt::format("; the first {}", kRows) : "");
  found.resize(std::min(found.size(), kRows));
  std::vector<Cells> rows;
  for (const PageRow& row : found) {
    rows.push_back({named(row.device->device->name), name_of(row.verdict), in_gb_text(row.required),
                    in_gb_text(row.usable), decode_text(row)});
  }
  return "<h2>" + title + "</h2>\n" +
         table_html(count, {"Device", "Verdict", "Needs up to GB", "Usable GB", "Decode tok/s (band)"}, rows);
}

std::string question_html(const std::string& question, const std::string& answer) {
  return answer.empty() ? "" : "<h3>" + question + "</h3>\n<p>" + answer + "</p>\n";
}

/// "The GeForce RTX 5090, ~560 (450-670) tokens per second."
std::string fastest_sentence(const ModelPage& page, DeviceClass device_class) {
  const std::vector<PageRow> rows = rows_that_run(page, device_class, first_state(page));
  if (rows.empty() || !rows.front().decode) return "";
  return fmt::format("{}: {} on the {}, {} tokens per second.", named(page.question.model->card.name),
                     name_of(rows.front().verdict), named(rows.front().device->device->name),
                     decode_text(rows.front()));
}

std::string questions_html(const ModelPage& page) {
  const std::string name = named(page.question.model->card.name);
  const std::size_t q = first_state(page).quantization;
  return "<h2>Frequently asked questions</h2>\n" +
         question_html("How much VRAM does " + name + " need?", escaped(page_summary(page))) +
         question_html("Which GPU runs it?", fastest_sentence(page, DeviceClass::kGpu)) +
         question_html("Does it run on a Mac or another machine with unified memory?",
                       fastest_sentence(page, DeviceClass::kUnified)) +
         question_html("How large is the download?",
                       fmt::format("The {} file has {} ({} bytes).", named(page.choices.quantizations[q]->name),
                                   gb_text(page.file_bytes[q]), grouped(page.file_bytes[q].count())));
}

}  // namespace

std::string page_summary(const ModelPage& page) {
  const Question& question = page.question;
  const PageState state = first_state(page);
  const std::optional<ByteRange> total = total_in(page, state);
  const std::string needs = total ? range_text(*total) : "an unknown part";
  std::string text = fmt::format("{} needs {} of {} as {} with {}; the file has {}.", question.model->card.name, needs,
                                 place_text(page), question.quantization->name, tokens_text(page, state),
                                 gb_text(page.file_bytes[state.quantization]));
  const std::string sites = sites_sentence(page);
  return sites.empty() ? text : text + " " + sites;
}

std::string page_without_script(const ModelPage& page) {
  return "<h1>" + named(page.question.model->card.name) + "</h1>\n<p>" + escaped(page_summary(page)) + "</p>\n" +
         quantizations_html(page) + devices_html(page, DeviceClass::kGpu, "GPUs") +
         devices_html(page, DeviceClass::kUnified, "Unified memory") + questions_html(page);
}

}  // namespace lfmfit::render
