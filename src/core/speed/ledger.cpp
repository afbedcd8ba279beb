#include "core/speed/ledger.hpp"

#include <fmt/format.h>

namespace lfmfit::speed {

namespace {

struct PartName {
  PassPart part;
  const char* name;
  const char* words;  ///< how it comes about, where it is neither read nor computed
};

constexpr std::array<PartName, kPassPartCount> kNames{
    {{PassPart::kWeights, "weights", nullptr},
     {PassPart::kExperts, "experts", nullptr},
     {PassPart::kEach, "matrices of each request", nullptr},
     {PassPart::kHead, "output layer", nullptr},
     {PassPart::kLaunches, "launches", "kernels"},
     {PassPart::kAttention, "attention", nullptr},
     {PassPart::kStates, "states", nullptr},
     {PassPart::kActivations, "activations", nullptr},
     {PassPart::kLogits, "logits to the host", "copied after each pass"},
     {PassPart::kPreparation, "preparation by the host", "embeddings and mask, by one thread"},
     {PassPart::kStep, "start of a call", "once"}}};

std::string formula_of(const PartName& name, const PartTime& part, const std::string& label) {
  if (name.part == PassPart::kLaunches)
    return fmt::format("{:.0f} {} x {:.3g} us{}", part.bytes, name.words, part.seconds / part.bytes * 1e6, label);
  if (name.words != nullptr) return name.words + label;
  std::string formula;
  if (part.bytes > 0) formula = bytes_text(part.bytes);
  if (part.reading > 0) formula += " read in " + milliseconds_text(part.reading);
  if (part.computing > 0)
    formula += (formula.empty() ? "" : ", ") + std::string("computed in ") + milliseconds_text(part.computing);
  return formula + label;
}

}  // namespace

std::string measurements_text(int rows) {
  if (rows == 0) return "no measurement";
  return rows == 1 ? "1 measurement" : fmt::format("{} measurements", rows);
}

std::string source_of(const SpeedRow& row, SpeedQuestion question) {
  return fmt::format("{}, {}", row.id, measurements_text(row.rows[static_cast<std::size_t>(question)]));
}

void TimeLedger::add(const PassTime& time, const SpeedRow& row, const std::string& label, const std::string& before) {
  if (!explains_) {
    total_ += time.seconds();
    return;
  }
  for (const PartName& name : kNames) {
    const PartTime& part = time[name.part];
    add(before + name.name, part.seconds, &row, [&] { return formula_of(name, part, label); });
  }
}

void TimeLedger::scale(double times) {
  total_ *= times;
  for (TimeTerm& term : terms_) term.value = term.value * times;
}

std::string bytes_text(double bytes) {
  return bytes < 1e9 ? fmt::format("{:.4g} MB", bytes / 1e6) : fmt::format("{:.4g} GB", bytes / 1e9);
}

std::string text(Bandwidth bandwidth) { return fmt::format("{:.4g} GB/s", in_gb_per_second(bandwidth)); }

std::string milliseconds_text(double seconds) { return fmt::format("{:.3g} ms", seconds * 1e3); }

}  // namespace lfmfit::speed
