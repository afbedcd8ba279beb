#include "render/verdict_text.hpp"

#include <fmt/format.h>

namespace lfmfit::render {

const char* verdict_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRunsGreat: return "great";
    case Verdict::kRunsWell: return "well";
    case Verdict::kTight: return "tight";
    case Verdict::kPartial: return "partly";
    case Verdict::kTooBig: break;
  }
  return "no";
}

Style verdict_style(Verdict verdict) {
  switch (verdict) {
    case Verdict::kRunsGreat: return Style::kGood;
    case Verdict::kRunsWell: return Style::kFair;
    case Verdict::kTight:
    case Verdict::kPartial: return Style::kPoor;
    case Verdict::kTooBig: break;
  }
  return Style::kBad;
}

std::string counts_text(const VerdictCounts& counts) {
  return fmt::format("{} great, {} well, {} tight, {} partly, {} not", counts[0], counts[1], counts[2], counts[3],
                     counts[4]);
}

}  // namespace lfmfit::render
