#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lfmfit/asked.hpp"
#include "lfmfit/error.hpp"
#include "lfmfit/estimate.hpp"
#include "lfmfit/report.hpp"

namespace lfmfit::render {

/// JSON that keeps its keys in the order they were written.
using Json = nlohmann::ordered_json;

/// The text of `json`; with `indent` spaces for people, on one line without. Bytes that are no UTF-8 are replaced.
std::string json_text(const Json& json, int indent = -1);

/// The parts that reports and estimates share. Keys of what is not known are left out.
Json request_json(const Asked& asked);
Json memory_json(const Estimate& estimate);
/// Rates that were asked for but are not known, or of what does not fit, are null.
Json speed_json(const SharedValue<Speed>& speed);
Json fit_json(const Fit& fit);

/// Schema lfmfit.estimate/1; `id` null: none was given.
Json estimate_json(const Question& question, const Estimate& estimate, const Json& id);

/// {"id": ..., "error": {"kind": ..., "message": ...}}
Json error_json(const Json& id, ErrorKind kind, const std::string& message);

/// Schema lfmfit.report/1.
Json report_json(const Report& report, const std::string& version);

}  // namespace lfmfit::render
