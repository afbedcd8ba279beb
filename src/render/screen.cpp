#include "render/screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/number_text.hpp"
#include "lfmfit/law.hpp"
#include "lfmfit/report_warnings.hpp"
#include "render/device_table.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/notes.hpp"
#include "render/placement_text.hpp"
#include "render/quantization_strip.hpp"
#include "render/side_by_side.hpp"

namespace lfmfit::render {

namespace {

std::string paragraph(const std::string& text, const Terminal& terminal) {
  return text.empty() ? "" : wrapped(printable(text), terminal.width, "  ") + "\n";
}

std::string title(const Report& report, const Terminal& terminal) {
  const Question& question = report.question;
  const std::string text = fmt::format("{}, {}, {} of context", question.model->card.name, question.quantization->name,
                                       context_text(report.estimate.request));
  return styled(wrapped(printable(text), terminal.width, "  "), Style::kStrong, terminal) + "\n";
}

/// "Needs about 1.25 GB = weights 0.73 + ...": what is likely. The table tells what it is at most on each device.
std::string needs(const Report& report, const Terminal& terminal) {
  const MemoryLedger& ledger = report.estimate.memory;
  const std::string sum = sum_text(ledger, ledger.tightest_place());
  std::string text = (report.estimate.vllm ? "Asks for " : "Needs about ") + sum;
  if (report.estimate.vllm) text += fmt::format("; {} at least", gb_text(report.estimate.vllm->needed));
  if (report.quantizations.size() == 1) text += fmt::format("; the file has {}", gb_text(report.estimate.file_bytes));
  return paragraph(text, terminal);
}

bool by_memory(const DeviceRow* a, const DeviceRow* b) {
  return a->fit.usable != b->fit.usable ? a->fit.usable < b->fit.usable : a->device->bandwidth < b->device->bandwidth;
}

std::vector<const std::vector<DeviceRow>*> lists_of(const Report& report) {
  return {&report.gpus, &report.unified, &report.cpus};
}

std::string table_of(const Report& report, const std::vector<const DeviceRow*>& rows, const Terminal& terminal) {
  std::vector<DeviceGroup> lines;
  for (const DeviceRow* row : rows) lines.push_back({{row}});
  return rows.empty() ? "" : device_table(report, "Device", lines, lines.size(), Detail::kBrief, terminal);
}

/// The well-known devices, cards before machines with one pool, of rising size.
std::vector<const DeviceRow*> well_known_rows(const Report& report, const Screen& screen) {
  std::vector<const DeviceRow*> rows;
  for (const std::vector<DeviceRow>* list : lists_of(report)) {
    std::vector<const DeviceRow*> of_list;
    for (const DeviceRow& row : *list) {
      const bool shown =
          std::find(screen.well_known.begin(), screen.well_known.end(), row.device) != screen.well_known.end();
      if (shown) of_list.push_back(&row);
    }
    std::stable_sort(of_list.begin(), of_list.end(), by_memory);
    rows.insert(rows.end(), of_list.begin(), of_list.end());
  }
  return rows;
}

std::string best_devices(const Report& report, std::size_t top, const Terminal& terminal) {
  constexpr const char* kTitles[] = {"GPUs", "Unified memory", "Without a GPU"};
  const auto lists = lists_of(report);
  std::string text;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const bool shown = !lists[i]->empty() && (i < 2 || report.question.backend->is_cpu);
    if (!shown) continue;
    text += (text.empty() ? "" : "\n") +
            device_table(report, kTitles[i], device_groups(*lists[i], true), top, Detail::kBrief, terminal);
  }
  return text;
}

std::string device_section(const Report& report, const Screen& screen, const Terminal& terminal) {
  if (screen.named.empty()) {
    const std::string known = table_of(report, well_known_rows(report, screen), terminal);
    return known.empty() ? best_devices(report, screen.top, terminal) : known;
  }
  const std::string compared = side_by_side(report, screen.named, terminal);
  if (!compared.empty()) return compared;
  std::vector<const DeviceRow*> rows;
  for (const NamedAnswer& one : screen.named) rows.push_back(&one.row);
  return table_of(report, rows, terminal);
}

bool all_on_it(const DeviceRow& row) { return row.fit.verdict < Verdict::kPartial; }

/// "339 of 343 GPUs, the smallest GeForce GT 1030 2GB"
std::string count_text(const std::vector<DeviceRow>& rows, const char* plural) {
  if (rows.empty()) return "";
  const auto runs = std::count_if(rows.begin(), rows.end(), all_on_it);
  const auto partly = std::count_if(rows.begin(), rows.end(),
                                    [](const DeviceRow& row) { return row.fit.verdict == Verdict::kPartial; });
  std::string text = fmt::format("{} of {} {}", runs > 0 ? std::to_string(runs) : "none", rows.size(), plural);
  const DeviceRow* least = nullptr;
  for (const DeviceRow& row : rows) {
    const auto size = [](const DeviceRow& of) { return of.device->memory.count() * of.device->gpus; };
    if (!all_on_it(row)) continue;
    const bool is_less = least == nullptr || size(row) < size(*least) ||
                         (size(row) == size(*least) && row.device->bandwidth < least->device->bandwidth);
    if (is_less) least = &row;
  }
  if (least != nullptr) text += fmt::format(" (from the {} on)", least->device->name);
  return partly > 0 ? text + fmt::format(", partly on {} more", partly) : text;
}

/// How many run it, and the least that does.
std::string counts(const Report& report, const Terminal& terminal) {
  std::string text;
  for (const std::string& part : {count_text(report.gpus, "GPUs"), count_text(report.unified, "unified machines"),
                                  report.question.backend->is_cpu ? count_text(report.cpus, "CPUs") : std::string()}) {
    if (!part.empty()) text += (text.empty() ? "Runs on " : "; on ") + part;
  }
  return paragraph(text.empty() ? text : text + ".", terminal);
}

std::string misses(const Screen& screen, const Terminal& terminal) {
  std::string text;
  for (const NearestMiss& miss : screen.nearest_misses) {
    std::string line = fmt::format("{}Nearest: {}, {} missing", text.empty() ? "None holds all of it. " : "",
                                   miss.device->name, gb_text(miss.missing));
    if (miss.enough) line += fmt::format("; {} of them would do", *miss.enough);
    text += paragraph(line + ".", terminal);
  }
  return text;
}

/// What each of the named answers warns of, with the device's name where not all do, and what would make it fit.
std::vector<std::string> sentences_of(const std::vector<NamedAnswer>& named) {
  std::vector<std::string> sentences;
  for (const NamedAnswer& one : named) {
    std::vector<std::string> own = one.answer.warnings;
    own.push_back(raised_note(one.answer));
    for (const std::string& sentence : own) {
      const bool of_all = std::all_of(named.begin(), named.end(), [&](const NamedAnswer& other) {
        return std::find(other.answer.warnings.begin(), other.answer.warnings.end(), sentence) !=
               other.answer.warnings.end();
      });
      const std::string told = of_all || named.size() == 1 ? sentence : one.row.device->name + ": " + sentence;
      if (!sentence.empty() && std::find(sentences.begin(), sentences.end(), told) == sentences.end())
        sentences.push_back(told);
    }
  }
  return sentences;
}

std::string note_lines(const Report& report, const Screen& screen, const Terminal& terminal) {
  std::vector<std::string> sentences = screen.named.empty() ? report.estimate.warnings : sentences_of(screen.named);
  const std::string unmeasured = unmeasured_memory_warning(report);  // the marks say it
  for (const std::string& warning : report.warnings) {
    const auto& of_one = report.estimate.warnings;
    if (warning != unmeasured && std::find(of_one.begin(), of_one.end(), warning) == of_one.end())
      sentences.push_back(warning);
  }
  sentences.insert(sentences.end(), report.estimate.notes.begin(), report.estimate.notes.end());
  std::string text;
  for (const std::string& sentence : sentences) text += paragraph("Note: " + sentence, terminal);
  const std::string not_counted = not_counted_text(report.question);
  return text + paragraph(not_counted.empty() ? "" : "Not counted: " + not_counted + ".", terminal);
}

std::string where_more_is(bool has_marks, const Screen& screen, const Terminal& terminal) {
  std::string text = has_marks ? "~ nobody measured it. " : "";
  text +=
      screen.named.empty() ? "More: --verbose, --all, --on DEVICE, explain, plan." : "More: --verbose, explain, plan.";
  return styled(paragraph(text, terminal), Style::kFaint, terminal);
}

/// The quantizations, where there are several: a file is stored in one way.
std::string strip_of(const Report& report, const Screen& screen, const Terminal& terminal) {
  if (report.quantizations.size() < 2) return "";
  return "\n" + (screen.named.empty() ? quantization_strip(report, terminal)
                                      : quantization_strip(report, screen.named, terminal));
}

}  // namespace

std::string screen_text(const Report& report, const Screen& screen, const Terminal& terminal) {
  const std::string devices = device_section(report, screen, terminal);
  const std::string strip = strip_of(report, screen, terminal);
  const std::string head = title(report, terminal);
  const std::string what = screen.named.empty() ? needs(report, terminal) + strip + "\n" + screen.this_machine +
                                                      devices + counts(report, terminal)
                                                : "\n" + devices + strip + "\n";
  return head + what + misses(screen, terminal) + note_lines(report, screen, terminal) +
         where_more_is(devices.find('~') != std::string::npos, screen, terminal);
}

}  // namespace lfmfit::render
