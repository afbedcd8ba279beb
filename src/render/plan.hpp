#pragma once

#include <optional>
#include <string>

#include "lfmfit/plan.hpp"
#include "lfmfit/report.hpp"
#include "render/json.hpp"
#include "render/style.hpp"

namespace lfmfit::render {

/// How to run a model on a machine: the frontier as a table, what to take, and what would make it fit.
std::string plan_text(const Plan& plan, const Terminal& terminal);

/// The same for programs, schema lfmfit.plan/1.
Json plan_json(const Plan& plan, const std::string& version);

/// The least hardware of each kind that runs a model well, where no machine is named.
struct LeastHardware {
  const Report& report;
  std::vector<DeviceRow> devices;
  std::optional<TokenRate> min_speed;
};

std::string least_hardware_text(const LeastHardware& least, const Terminal& terminal);
Json least_hardware_json(const LeastHardware& least, const std::string& version);

}  // namespace lfmfit::render
