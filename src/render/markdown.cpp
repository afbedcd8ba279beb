#include "render/markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/notes.hpp"
#include "render/style.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

std::string markdown_cell(const std::string& text) {
  std::string escaped;
  for (const char c : printable(text)) {
    if (std::string("\\|*_`<>[]").find(c) != std::string::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

namespace {

std::string cell(const std::string& text) { return markdown_cell(text); }

std::string row(const std::vector<std::string>& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); }

std::string quantization_table(const Report& report) {
  std::string text =
      row({"Quantization", "bits/weight", fmt::format("at {}", grouped(report.question.request.context.count())),
           fmt::format("at {} (full)", grouped(report.full_context.count())), "file", "quality, by rule of thumb"});
  text += "| --- | ---: | ---: | ---: | ---: | --- |\n";
  for (const QuantizationRow& quantization : report.quantizations) {
    const bool asked = quantization.quantization == report.question.quantization;
    const std::string name = cell(quantization.quantization->name);
    text += row(
        {asked ? "**" + name + "**" : name, two_decimals(quantization.bits_per_weight), gb_text(quantization.total),
         gb_text(quantization.total_full_context), gb_text(quantization.file_bytes),
         cell(quantization.quantization->quality + (quantization.quantization->recommended ? " (recommended)" : ""))});
  }
  return text;
}

std::string optional_rate(const std::optional<TokenRate>& rate) { return rate ? rate_text(*rate) : ""; }

/// "partial, 30.1 GB of RAM"
std::string verdict_and_host(const Fit& fit) {
  for (const PlaceFit& place : fit.places) {
    if (place.place == kHost && fit.verdict == Verdict::kPartial)
      return fmt::format("{}, {} of RAM", name_of(fit.verdict), gb_text(place.required));
  }
  return name_of(fit.verdict);
}

std::string device_table(const char* title, const std::vector<DeviceRow>& rows, std::size_t top) {
  if (rows.empty()) return "";
  std::string text = fmt::format("\n## {}\n\n{}.\n\n", title, counts_text(count_verdicts(rows)));
  text += row({"Device", "verdict", "needs GB", "usable GB", "free GB", "decode tok/s", "at half context",
               "at full context", "prefill tok/s"});
  text += "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (std::size_t i = 0; i < std::min(rows.size(), top); ++i) {
    const DeviceRow& device = rows[i];
    text += row({cell(device.device->name), verdict_and_host(device.fit), in_gb_text(device.fit.required),
                 in_gb_text(device.fit.usable), in_gb_text(device.fit.headroom),
                 device.speed ? band_text(device.speed->decode) : "",
                 optional_rate(device.speed ? device.speed->decode_half_context : std::nullopt),
                 optional_rate(device.speed ? device.speed->decode_full_context : std::nullopt),
                 device.speed && device.speed->prefill ? rate_text(device.speed->prefill->value) : ""});
  }
  return text;
}

}  // namespace

std::string report_markdown(const Report& report, const ReportView& view) {
  const Question& question = report.question;
  const MemoryLedger& ledger = report.estimate.memory;
  std::string text = fmt::format("# {}, {}, {} tokens of context\n\n", cell(question.model->card.name),
                                 cell(question.quantization->name), grouped(question.request.context.count()));
  text += fmt::format("{}: {} parameters, {}.\n\n", cell(question.model->card.id), parameters_text(report.parameters),
                      cell(report.layers));
  text += fmt::format("{} ({}).\n\n", sum_text(ledger, ledger.tightest_place()), scene_text(question, ledger));
  text += "## Quantizations\n\n" + quantization_table(report);
  text += device_table("GPUs", report.gpus, view.top) + device_table("Unified memory", report.unified, view.top);
  if (view.everything) text += device_table("CPUs", report.cpus, view.top);
  for (const std::vector<std::string>& list : {report.warnings, notes_about(report)}) {
    for (const std::string& line : list) text += "\n> " + cell(line) + "\n";
  }
  return text;
}

}  // namespace lfmfit::render
