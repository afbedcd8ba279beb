#include "lfmfit/rule_of_thumb.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <cstdlib>
#include <string>
#include <variant>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

constexpr Bytes kFramework{300'000'000};
constexpr double kEfficiency = 0.65;
constexpr double kEfficiencyAmd = 0.55;
constexpr const char* kSource = "rule of thumb of calculator sites";

/// "1.2B" or "350M" as a count; 0 when `word` is nothing of the kind.
double sized_word(const std::string& word) {
  if (word.size() < 2 || std::isdigit(static_cast<unsigned char>(word.front())) == 0) return 0;
  char* end = nullptr;
  const double number = std::strtod(word.c_str(), &end);
  const std::string unit(end);
  if (unit == "B" || unit == "b") return number * 1e9;
  if (unit == "M" || unit == "m") return number * 1e6;
  return 0;
}

/// As sites round before they go on: 0.585 is 0.58, because the double is a little less.
double to_two_decimals(double value) { return std::strtod(fmt::format("{:.2f}", value).c_str(), nullptr); }

/// The first attention of the stack, which sites take to be in every layer; null without any.
const Attention* first_attention(const Model& model) {
  for (const Block& block : model.blocks) {
    if (const auto* attention = std::get_if<Attention>(&block.mixer)) return attention;
    if (const auto* parallel = std::get_if<ParallelMixer>(&block.mixer)) return &parallel->attention;
  }
  return nullptr;
}

Bytes page_kv_bytes(const Model& model, Tokens context) {
  const Attention* attention = first_attention(model);
  if (attention == nullptr) {
    throw Error(ErrorKind::kUnsupported, "the page method has no rule for " + model.card.id +
                                             ", which has no plain attention; ask the exact method");
  }
  const auto layers = static_cast<std::int64_t>(model.blocks.size());
  const std::int64_t values = checked_multiply(attention->n_head_kv, attention->head_dim_k);
  return Bytes(std::int64_t{2} * 2) * layers * values * context.count();
}

MemoryTerm exact_term(MemoryUse use, Bytes value, const char* formula) {
  return {use, 0, value, value, value, formula, kSource};
}

}  // namespace

double nominal_parameters(const Model& model) {
  std::string word;
  for (const char c : model.card.name + " ") {
    if (c != ' ' && c != '-' && c != '_') {
      word += c;
      continue;
    }
    if (const double size = sized_word(word); size > 0) return size;
    word.clear();
  }
  return std::round(static_cast<double>(parameter_count(model)) / 1e8) * 1e8;
}

Bytes nominal_file_bytes(const Model& model, const Quantization& quantization) {
  if (quantization.nominal_bits <= 0) {
    throw Error(ErrorKind::kUnsupported, "the page method has no figure for " + quantization.name +
                                             "; ask the exact method, or take a quantization that sites list (Q4_K_M)");
  }
  const double gb = nominal_parameters(model) / 1e9 * quantization.nominal_bits / 8;
  return Bytes(std::llround(to_two_decimals(gb) * 1e9));
}

MemoryLedger rule_of_thumb_memory(const Model& model, const Quantization& quantization, Tokens context) {
  MemoryLedger ledger;
  ledger.scene.context = ledger.scene.context_per_sequence = context;
  ledger.terms = {
      exact_term(MemoryUse::kWeights, nominal_file_bytes(model, quantization), "rounded parameters x nominal bits / 8"),
      exact_term(MemoryUse::kKvCache, page_kv_bytes(model, context),
                 "2 x all layers x KV heads x head dimension x 2 B x tokens"),
      exact_term(MemoryUse::kDriver, kFramework, "0.3 GB"),
  };
  return ledger;
}

TokenRate rule_of_thumb_decode_rate(const Model& model, const Quantization& quantization, const Device& device) {
  const double vram_gb = to_two_decimals(in_gb(rule_of_thumb_memory(model, quantization, kCalculatorContext).total(0)));
  const double efficiency = device.vendor == "AMD" ? kEfficiencyAmd : kEfficiency;
  // sites know a card of two halves (MI250X) as one card
  const int halves = device.device_class == DeviceClass::kGpu ? device.gpus : 1;
  return TokenRate(in_gb_per_second(device.bandwidth) * halves * efficiency / vram_gb);
}

}  // namespace lfmfit
