#include <string_view>

#include "readers/layer_settings.hpp"

namespace lfmfit {

bool is_sliding(const Hyperparameters& parameters, const GgufTraits& traits, int layer) {
  constexpr std::string_view kPattern = "attention.sliding_window_pattern";
  const std::int64_t window = parameters.number("attention.sliding_window").value_or(traits.default_window);
  if (window <= 0) return false;
  if (traits.all_slide) return true;
  if (parameters.is_list(kPattern)) return *parameters.number(kPattern, layer) != 0;
  const std::int64_t period = parameters.number(kPattern).value_or(traits.sliding_period);
  if (period <= 0) return period == 0 && parameters.has(kPattern);  // llama.cpp: a period of 0 means every layer
  return traits.full_first ? layer % period != 0 : layer % period < period - 1;
}

}  // namespace lfmfit
