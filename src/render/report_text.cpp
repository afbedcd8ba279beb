#include "render/report_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "core/base/number_text.hpp"
#include "render/device_table.hpp"
#include "render/figures.hpp"
#include "render/memory_text.hpp"
#include "render/notes.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"
#include "render/vllm_text.hpp"

namespace lfmfit::render {

namespace {

constexpr int kLabelWidth = 15;
constexpr const char* kHowToSeeMore = "--all, --top N, --vendor NAME, --segment laptop, --sort memory, or --json.";

std::string join(const std::vector<std::string>& parts, const char* separator) {
  std::string text;
  for (const std::string& part : parts) {
    if (!part.empty()) text += (text.empty() ? "" : separator) + part;
  }
  return text;
}

/// "License        LFM Open License", wrapped under itself; nothing where the value is unknown.
std::string labelled(const std::string& label, const std::string& value, const Terminal& terminal,
                     const std::string& separator = " ") {
  if (value.empty()) return "";
  const std::string indent(kLabelWidth, ' ');
  std::string text = styled(label, Style::kStrong, terminal) + indent.substr(std::min(label.size(), indent.size()));
  for (const char c : wrapped(printable(value), terminal.width - kLabelWidth, "", separator)) {
    text += c;
    if (c == '\n') text += indent;
  }
  return text + "\n";
}

std::string heading(const Report& report, const Terminal& terminal) {
  const Question& question = report.question;
  const std::string text = fmt::format("{}, {}, {} tokens of context", question.model->card.name,
                                       question.quantization->name, grouped(question.request.context.count()));
  return styled(printable(text), Style::kStrong, terminal) + "\n\n";
}

std::string parameters_line(const Report& report) {
  if (report.active_parameters == report.parameters)
    return parameters_text(report.parameters) + " (" + grouped(report.parameters) + "), all active";
  return fmt::format("{} ({}), {} active for a token", parameters_text(report.parameters), grouped(report.parameters),
                     parameters_text(report.active_parameters));
}

std::string context_line(const Model& model) {
  const std::string& note = model.card.context_note;
  return grouped(model.context_limit.count()) + " tokens" + (note.empty() ? "" : " (" + note + ")");
}

std::string specification(const Report& report, const Terminal& terminal) {
  const Model& model = *report.question.model;
  const ModelCard& card = model.card;
  return labelled("Model", join({card.id, card.base_model.empty() ? "" : "from " + card.base_model}, ", "), terminal) +
         labelled("Publisher", join({card.publisher, card.release_date, card.license}, ", "), terminal) +
         labelled("Parameters", parameters_line(report), terminal) +
         labelled("Architecture", join({model.architecture, report.layers}, ", "), terminal) +
         labelled("Context", context_line(model), terminal) +
         labelled("Vocabulary", grouped(model.n_vocab) + " tokens", terminal) +
         labelled("Source", card.source, terminal);
}

std::string bounds_text(const Question& question, const MemoryLedger& ledger, int place) {
  if (ledger.total_low(place) == ledger.total_high(place)) return "";
  const bool is_mix = question.quantization->low != question.quantization->high;
  return fmt::format("{} to {}, as {}; the tables take the upper bound for each device. ",
                     two_decimals(in_gb(ledger.total_low(place))), gb_text(ledger.total_high(place)),
                     is_mix ? "files of that name and the driver's share differ" : "the driver's share differs");
}

/// What published files hold that is not loaded.
std::string unloaded_text(const Report& report) {
  const std::int64_t parameters = report.question.model->unloaded_parameters;
  if (parameters == 0 || !report.question.model->file_tensors.empty()) return "";
  return fmt::format("{}, of them {} for a layer that predicts further tokens and is not loaded",
                     gb_text(report.estimate.file_bytes),
                     gb_text(report.estimate.file_bytes - report.estimate.tensor_bytes -
                             report.question.model->file_overhead.value_or(Bytes(0))));
}

std::string memory_lines(const Report& report, const Terminal& terminal) {
  const MemoryLedger& ledger = report.estimate.memory;
  const int place = ledger.tightest_place();
  std::string text = labelled("Memory", sum_text(ledger, place), terminal, " + ");
  const std::string bounds =
      report.estimate.vllm ? vllm_bounds_text(report.estimate) : bounds_text(report.question, ledger, place);
  text += labelled("", bounds + scene_text(report.question, ledger) + ".", terminal);
  text += labelled("Beside it", beside_text(report.question), terminal);
  text += labelled("Not counted", not_counted_text(report.question), terminal);
  text += labelled("File", unloaded_text(report), terminal);
  if (place != kHost && ledger.total(kHost) > Bytes(0))
    text += labelled("Host memory", sum_text(ledger, kHost), terminal, " + ");
  if (report.as_server) {
    const MemoryLedger& server = *report.as_server;
    text +=
        labelled("llama-server",
                 fmt::format("{} if it is started plainly: {} slots that share {} tokens (--like server); in ordinary "
                             "memory up to 8 GiB of prompts and 32 checkpoints a slot besides.",
                             gb_text(server.total(server.tightest_place())), server.scene.sequences,
                             grouped(server.scene.context.count())),
                 terminal);
  }
  if (report.calculators_say) {
    const std::size_t layers = report.question.model->blocks.size();
    text += labelled(
        "Other sites",
        fmt::format(
            "{} of {} layers keep a cache that grows; calculators that count all {} say {:.1f} GB (--method page).",
            report.attention_layers, layers, layers, in_gb(*report.calculators_say)),
        terminal);
  }
  return text;
}

std::string at_context(Tokens context) { return "at " + grouped(context.count()); }

std::string quality_text(const Quantization& quantization) {
  const std::string percent =
      quantization.quality_percent > 0 ? fmt::format("~{:g} %", quantization.quality_percent) : "";
  return join({percent, quantization.quality}, " ");
}

/// The columns of memory: at the asked context, and at the full one where that is another.
bool shows_asked_context(const Report& report) {
  const Tokens context = report.question.request.context;
  return context != report.full_context && context != law_of(report.question).headline_context;
}

std::vector<Column> quantization_columns(const Report& report) {
  const bool has_headline = law_of(report.question).headline_context > Tokens(0);
  std::vector<Column> columns = {{"  Quantization"}, {"bits", Align::kRight}};
  if (has_headline) columns.push_back({"VRAM", Align::kRight});
  if (shows_asked_context(report)) columns.push_back({at_context(report.question.request.context), Align::kRight});
  columns.push_back({has_headline ? "+ context" : at_context(report.full_context), Align::kRight});
  columns.push_back({"file", Align::kRight});
  columns.push_back({"quality", Align::kLeft, true});
  return columns;
}

std::string quantization_table(const Report& report, const Terminal& terminal) {
  const Tokens headline = law_of(report.question).headline_context;
  const bool has_headline = headline > Tokens(0);
  TextTable table(quantization_columns(report));
  const auto memory = [has_headline](Bytes bytes) {
    return has_headline ? fmt::format("{:.1f} GB", in_gb(bytes)) : gb_text(bytes);
  };
  for (const QuantizationRow& row : report.quantizations) {
    const bool asked = row.quantization == report.question.quantization;
    const Style style = asked ? Style::kStrong : Style::kPlain;
    std::vector<Cell> cells = {
        {(asked ? "> " : "  ") + row.quantization->name + (row.quantization->recommended ? " *" : ""), style},
        {two_decimals(row.bits_per_weight), style}};
    if (has_headline) cells.push_back({memory(row.total_headline.value_or(row.total)), style});
    if (shows_asked_context(report)) cells.push_back({memory(row.total), style});
    cells.push_back({memory(row.total_full_context), style});
    cells.push_back({gb_text(row.file_bytes), style});
    cells.push_back({quality_text(*row.quantization), style});
    table.add(std::move(cells));
  }
  const std::string context =
      has_headline ? fmt::format("VRAM at {} tokens, + context at {}; nominal bits.", grouped(headline.count()),
                                 grouped(report.full_context.count()))
                   : fmt::format("Memory at {} tokens, which is all the model can; true bits per weight.",
                                 grouped(report.full_context.count()));
  const bool recommends = std::any_of(report.quantizations.begin(), report.quantizations.end(),
                                      [](const QuantizationRow& row) { return row.quantization->recommended; });
  const std::string legend = (recommends ? "* recommended. " : "") + context + " Quality is a rule of thumb.";
  return table.text(terminal) + styled("  " + wrapped(legend, terminal.width - 2, "  "), Style::kFaint, terminal) +
         "\n";
}

/// A table of devices: what heads it, what they are called in a sentence, and its rows.
struct DeviceList {
  const char* title;
  const char* plural;
  std::vector<DeviceRow> rows;
};

std::vector<DeviceRow> of_class(const std::vector<DeviceRow>& rows, DeviceClass device_class) {
  std::vector<DeviceRow> result;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(result),
               [device_class](const DeviceRow& row) { return row.device->device_class == device_class; });
  return result;
}

std::vector<DeviceList> device_lists(const Report& report, const ReportView& view) {
  std::vector<DeviceList> lists = {{"GPUs", "GPUs", of_class(report.gpus, DeviceClass::kGpu)},
                                   {"Unified memory", "unified-memory devices", report.unified}};
  if (view.everything) {
    lists.push_back({"Servers", "servers", of_class(report.gpus, DeviceClass::kServer)});
    lists.push_back({"Without a GPU", "machines without a GPU", report.cpus});
  }
  lists.erase(std::remove_if(lists.begin(), lists.end(), [](const DeviceList& list) { return list.rows.empty(); }),
              lists.end());
  return lists;
}

/// Whether a line that is shown stands for several devices.
bool shows_groups(const Report& report, const ReportView& view) {
  for (const DeviceList& list : device_lists(report, view)) {
    const std::vector<DeviceGroup> groups = device_groups(list.rows, !view.everything);
    const std::size_t lines = std::min(groups.size(), view.top);
    if (devices_in(groups, lines) > lines) return true;
  }
  return false;
}

std::string device_section(const Report& report, const ReportView& view, const Terminal& terminal) {
  std::string text, counts, shown;
  for (const DeviceList& list : device_lists(report, view)) {
    const std::vector<DeviceGroup> groups = device_groups(list.rows, !view.everything);
    text += device_table(report, list.title, groups, view.top, Detail::kAll, terminal) + "\n";
    counts += labelled(counts.empty() ? "Runs" : "",
                       fmt::format("{}: {}", list.title, counts_text(count_verdicts(list.rows))), terminal);
    const std::size_t told = devices_in(groups, view.top);
    if (told < list.rows.size())
      shown += fmt::format("{}{} of {} {}", shown.empty() ? "" : ", ", told, list.rows.size(), list.plural);
  }
  if (!shown.empty()) counts += labelled("Shown", shown + "; the rest with " + kHowToSeeMore, terminal);
  return text + counts;
}

bool shows_partial(const Report& report) {
  const auto is_partial = [](const DeviceRow& row) { return row.fit.verdict == Verdict::kPartial; };
  return std::any_of(report.gpus.begin(), report.gpus.end(), is_partial) ||
         std::any_of(report.unified.begin(), report.unified.end(), is_partial);
}

bool shows_unmeasured(const Report& report) {
  const auto is_unmeasured = [](const DeviceRow& row) {
    return !row.backend->measured || (row.speed && !row.speed->decode.measured);
  };
  return std::any_of(report.gpus.begin(), report.gpus.end(), is_unmeasured) ||
         std::any_of(report.unified.begin(), report.unified.end(), is_unmeasured);
}

/// What a desktop takes of cards, where the report is about some that may drive one.
std::string desktop_sentence(const Report& report) {
  for (const DeviceRow& row : report.gpus) {
    if (!row.device->desktop || report.question.reserve > Bytes(0)) continue;
    const ByteRange& use = row.device->desktop->on_linux;
    return fmt::format(" A desktop usually takes {} of a card's usable memory ({} to {}; --reserve).",
                       gb_text(use.value), in_gb_text(use.low), in_gb_text(use.high));
  }
  return "";
}

std::string units_text(const Report& report, bool has_groups) {
  std::string text = "GB are 10^9 bytes; \"needs\" is the upper bound, \"free\" what it leaves of the usable memory.";
  if (shows_partial(report)) text += " \"partly\": the rest lies in ordinary memory.";
  text += desktop_sentence(report);
  if (has_groups) text += " A size with a + stands for larger ones too.";
  if (shows_unmeasured(report)) text += " ~ stands where nobody measured.";
  const Question& question = report.question;
  if (question.vllm) return text + " " + vllm_units_text(report.estimate);
  if (question.mlx) return text + " Tokens per second of MLX are hardly measured: a wide band.";
  if (!law_of(question).tells_bands) return text;
  const std::int64_t depth = question.request.depth.count();
  text += fmt::format(" Tokens per second: decode of one request {}, with the band of four measurements in five;",
                      depth == 0 ? "with an empty context" : fmt::format("behind {} tokens", grouped(depth)));
  return text + fmt::format(" \"at full\" with its {} tokens of context filled; prefill of prompts of {}.",
                            grouped(tokens_of_each(question.request).count()),
                            grouped(prompt_of(question.request).count()));
}

std::string note_lines(const Report& report, const Terminal& terminal) {
  std::string text;
  for (const auto& sentences : {report.warnings, notes_about(report)}) {
    for (const std::string& sentence : sentences) text += labelled(text.empty() ? "Note" : "", sentence, terminal);
  }
  return text;
}

}  // namespace

std::string report_text(const Report& report, const ReportView& view, const Terminal& terminal) {
  return heading(report, terminal) + specification(report, terminal) + "\n" + memory_lines(report, terminal) + "\n" +
         quantization_table(report, terminal) + "\n" + device_section(report, view, terminal) +
         note_lines(report, terminal) + labelled("Units", units_text(report, shows_groups(report, view)), terminal);
}

}  // namespace lfmfit::render
