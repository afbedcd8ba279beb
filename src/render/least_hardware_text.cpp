#include <fmt/format.h>

#include "render/figures.hpp"
#include "render/notes.hpp"
#include "render/placement_text.hpp"
#include "render/plan.hpp"
#include "render/text_table.hpp"

namespace lfmfit::render {

namespace {

/// "consumer GPU", "edge, unified (metal)", "workstation CPU"
std::string kind_of(const Device& device) {
  switch (device.device_class) {
    case DeviceClass::kUnified: return fmt::format("{}, unified ({})", device.segment, device.backend);
    case DeviceClass::kServer: return device.segment + " server";
    case DeviceClass::kCpu: return device.segment + " CPU";
    case DeviceClass::kGpu: break;
  }
  return device.segment + " GPU";
}

std::string heading(const LeastHardware& least) {
  const Question& question = least.report.question;
  const std::string speed =
      least.min_speed ? fmt::format(", at least {} tok/s each", rate_text(*least.min_speed)) : std::string();
  return printable(fmt::format("{} {}, {}{}", question.model->card.name, question.quantization->name,
                               context_text(least.report.estimate.request), speed));
}

std::string table(const LeastHardware& least, const Terminal& terminal) {
  TextTable table({{"The least for it"},
                   {"kind", Align::kLeft, true},
                   {"needs", Align::kRight},
                   {"of", Align::kRight},
                   {"decode tok/s", Align::kRight}});
  const bool one_gpu_does = least.devices.front().device->device_class == DeviceClass::kGpu;
  for (const DeviceRow& row : least.devices) {
    if (one_gpu_does && row.device->device_class == DeviceClass::kServer) continue;
    table.add({{row.device->id},
               {kind_of(*row.device)},
               {in_gb_text(row.fit.required)},
               {in_gb_text(row.fit.usable)},
               {row.speed ? band_text(row.speed->decode) : "-"}});
  }
  return table.text(terminal);
}

}  // namespace

std::string least_hardware_text(const LeastHardware& least, const Terminal& terminal) {
  const Report& report = least.report;
  const MemoryLedger& ledger = report.estimate.memory;
  const Bytes needed = report.estimate.vllm ? report.estimate.vllm->needed : ledger.total_high(ledger.tightest_place());
  std::string text = styled(wrapped(heading(least), terminal.width, "  "), Style::kStrong, terminal) + "\n" +
                     fmt::format("  needs at most {} of GPU memory\n\n", gb_text(needed));
  text += least.devices.empty() ? "No device that lfmfit knows runs it well.\n" : table(least, terminal);
  const std::string legend =
      "  The least of each kind that runs it well: GB, upper bounds, a tenth of the memory and more to spare. `lfmfit "
      "plan MODEL --on DEVICE` says how, `lfmfit "
      "MODEL` lists all.";
  text += styled(wrapped(legend, terminal.width, "  "), Style::kFaint, terminal) + "\n";
  for (const std::string& note : report.estimate.notes)
    text += wrapped("  note: " + printable(note), terminal.width, "    ") + "\n";
  return text;
}

}  // namespace lfmfit::render
