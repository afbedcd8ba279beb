#include "render/verdict_text.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>

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
  constexpr std::array kWords{"great", "well", "tight", "partly", "not"};
  std::string text;
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    if (counts[i] > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[i], kWords[i]);
  }
  return text.empty() ? "none" : text;
}

}  // namespace lfmfit::render
