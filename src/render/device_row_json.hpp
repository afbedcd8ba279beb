#pragma once

#include "lfmfit/report.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// A device and how a model does there, as reports list it.
Json device_row_json(const DeviceRow& row);

/// The row of an answer on the question's device, whose `fit` is set.
DeviceRow device_row_of(const Question& question, const Estimate& answer);

}  // namespace lfmfit::render
