#include <fmt/format.h>

#include "core/base/number_text.hpp"
#include "render/figures.hpp"
#include "render/fleet.hpp"
#include "render/text_table.hpp"
#include "render/verdict_text.hpp"

namespace lfmfit::render {

namespace {

std::string counted(std::int64_t count, const char* noun) {
  return fmt::format("{} {}{}", grouped(count), noun, count == 1 ? "" : "s");
}

/// A speed of `share` of what all slots do together.
SpeedEstimate shared(const SpeedEstimate& speed, double share) {
  SpeedEstimate part = speed;
  part.value = speed.value * share;
  part.low = speed.low * share;
  part.high = speed.high * share;
  return part;
}

const SpeedEstimate& of_all_slots(const Speed& speed) { return speed.throughput ? *speed.throughput : speed.decode; }

std::string rates_of(const Estimate& estimate, double times) {
  return estimate.speed ? band_text(shared(of_all_slots(*estimate.speed), times)) : "-";
}

std::string options_table(const FleetPlan& plan, std::size_t model, const Terminal& terminal) {
  const bool wide = terminal.width >= 110;
  std::vector<Column> columns = {{"Pool", Align::kLeft, true}, {"free", Align::kRight},      {"runs"},
                                 {"GPUs", Align::kRight},      {"GB", Align::kRight},        {"of", Align::kRight},
                                 {"users", Align::kRight},     {"tok/s each", Align::kRight}};
  if (wide)
    columns.insert(columns.end(),
                   {{"replicas", Align::kRight}, {"users in all", Align::kRight}, {"tok/s in all", Align::kRight}});
  TextTable table(columns);
  std::string reasons;
  for (std::size_t i = 0; i < plan.pools.size(); ++i) {
    const FleetPool& pool = plan.pools[i];
    const FleetOption& option = plan.options[model][i];
    const std::string name = pool.name + (pool.is_part ? " *" : "");
    std::vector<Cell> row = {{name}, {grouped(option.free)}};
    if (option.gpus == 0) {
      row.push_back({"no", Style::kBad});
      reasons += wrapped("  " + printable(pool.name) + ": " + option.why_not, terminal.width, "    ") + "\n";
    } else {
      const Fit& fit = *option.estimate->fit;
      row.insert(row.end(), {{verdict_word(fit.verdict), verdict_style(fit.verdict)},
                             {std::to_string(option.gpus)},
                             {in_gb_text(fit.required)},
                             {in_gb_text(fit.usable)},
                             {grouped(option.users)},
                             {rates_of(*option.estimate, 1 / static_cast<double>(option.users))}});
      if (wide) {
        row.insert(row.end(), {{grouped(option.replicas)},
                               {grouped(option.replicas * option.users)},
                               {rates_of(*option.estimate, static_cast<double>(option.replicas))}});
      }
    }
    row.resize(columns.size());
    table.add(std::move(row));
  }
  return table.text(terminal) + reasons;
}

std::string placement_line(const FleetPlan& plan, const FleetPlacement& placement, const Terminal& terminal) {
  std::string nodes;
  for (const FleetSeat& seat : placement.seats)
    nodes += fmt::format("{}{}{}", nodes.empty() ? "" : ", ", seat.node,
                         seat.replicas > 1 ? fmt::format(" x{}", seat.replicas) : "");
  const std::string speeds = placement.estimate.speed
                                 ? fmt::format("; {} tok/s each, {} in all",
                                               rates_of(placement.estimate, 1 / static_cast<double>(placement.users)),
                                               rates_of(placement.estimate, static_cast<double>(placement.replicas())))
                                 : "";
  const std::string text =
      fmt::format("  {}: {} of {}{} on {}", placement_name(plan, placement), counted(placement.replicas(), "replica"),
                  placement_text(plan, placement), speeds, nodes);
  return wrapped(printable(text), terminal.width, "    ") + "\n";
}

std::string list(const char* heading, const std::vector<std::string>& lines, const Terminal& terminal) {
  if (lines.empty()) return "";
  std::string text = std::string("\n") + heading + "\n";
  for (const std::string& line : lines) text += wrapped("  " + printable(line), terminal.width, "    ") + "\n";
  return text;
}

}  // namespace

std::string fleet_text(const FleetPlan& plan, const Terminal& terminal) {
  std::string text;
  bool any_part = false;
  for (std::size_t model = 0; model < plan.models.size(); ++model) {
    const FleetModel& asked = plan.models[model];
    const Question& question = asked.question;
    text += (text.empty() ? "" : "\n") +
            styled(fmt::format("{} {}, {} of {} tokens each, {}", question.model->card.name,
                               question.quantization->name, counted(asked.users, "user"),
                               grouped(question.request.context.count()), law_of(question).name),
                   Style::kStrong, terminal) +
            "\n  of a replica, with as many users as it serves:\n" + options_table(plan, model, terminal);
  }
  for (const FleetPool& pool : plan.pools) any_part = any_part || pool.is_part;
  if (any_part) text += "  * a part of a GPU: its speed is a share of the whole one's, not measured\n";
  text += "\nPlaced\n";
  for (const FleetPlacement& placement : plan.placements) text += placement_line(plan, placement, terminal);
  for (std::size_t model = 0; model < plan.models.size(); ++model) {
    if (plan.unserved[model] > 0)
      text +=
          styled(fmt::format("  {}: no room for {}", plan.models[model].name, counted(plan.unserved[model], "user")),
                 Style::kBad, terminal) +
          "\n";
  }
  std::vector<std::string> left;
  for (const FleetPool& pool : plan.pools) {
    if (pool.free() > 0) left.push_back(fmt::format("{} {}", grouped(pool.free()), pool.name));
  }
  return text + list("Left", left, terminal) + list("Not used", plan.left_out, terminal);
}

}  // namespace lfmfit::render
