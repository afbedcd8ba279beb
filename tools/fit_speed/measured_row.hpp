#pragma once

#include <istream>
#include <string>
#include <vector>

#include "core/speed/coefficient_fit.hpp"
#include "lfmfit/catalog.hpp"

namespace lfmfit::fit_speed {

/// One line of the table of measured speeds: the median of runs of one model under equal conditions.
struct MeasuredRow {
  const Device* device = nullptr;
  const Model* model = nullptr;
  const Quantization* quantization = nullptr;
  const Backend* backend = nullptr;
  SpeedLawKind law = SpeedLawKind::kDecode;
  Tokens depth;             ///< tokens in the cache
  std::int64_t prompt = 0;  ///< tokens that prefill was measured with; 0 with decode
  std::int64_t ubatch = 0;  ///< of them computed together
  double tokens_per_second = 0;
  std::string date;          ///< ISO, as far as known: "2025", "2026-03"
  speed::MeasuredTime time;  ///< filled in by weigh
  bool has_experts = false;
};

/// Reads lines of device,model,quantization,backend,kind,depth,prompt,ubatch,tok_s,runs,date,source behind a heading.
/// Names are those of `catalog`; prompt and ubatch are empty with decode. Throws Error(kBadFile) naming the line and
/// what is wrong with it.
std::vector<MeasuredRow> read_rows(std::istream& table, const std::string& path, const Catalog& catalog);

/// Fills in the amounts of work of each row, and its weight: runs of one model on one device share the weight of few
/// rows, and those with the kernels of before 2025 count less.
void weigh(std::vector<MeasuredRow>& rows, const Catalog& catalog, const SpeedConstants& constants);

/// Those of one law.
std::vector<MeasuredRow> rows_of(SpeedLawKind law, const std::vector<MeasuredRow>& rows);

}  // namespace lfmfit::fit_speed
