#include "cli/sheet_choices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "ask/candidates.hpp"
#include "core/base/refusal.hpp"

namespace lfmfit::cli {

namespace {

using render::Json;

constexpr std::int64_t kGpus[] = {1, 2, 4, 8};
constexpr std::int64_t kLengths[] = {8192, 32768, 131072};
constexpr std::int64_t kCacheBits[] = {8, 4};
constexpr double kAboutAsMuch = 0.05;  ///< forms whose weights differ by less are listed once

/// Adds `value` where it is not among `values`, and says where it is.
std::size_t place_of(Json& values, const Json& value) {
  const auto found = std::find(values.begin(), values.end(), value);
  if (found != values.end()) return static_cast<std::size_t>(found - values.begin());
  values.push_back(value);
  return values.size() - 1;
}

/// The forms in which weights are stored, but for those that take about as much as one before.
SheetSetting forms(const Question& question, ask::Finder& finder) {
  SheetSetting setting{{"quantization", "Weights", "-q", Json::array(), 0},
                       [](Asked& here, const Json& value) { here.quantization = value.get<std::string>(); }};
  std::vector<double> taken;
  for (const Quantization* form : ask::table_rows(question, false, finder.catalog)) {
    Question here = question;
    here.quantization = form;
    const auto answer = unless_refused([&] { return estimate(here); });
    if (!answer) continue;
    const auto bytes = static_cast<double>(answer->tensor_bytes.count());
    const bool is_first = std::none_of(taken.begin(), taken.end(),
                                       [&](double other) { return std::abs(bytes / other - 1) < kAboutAsMuch; });
    if (!is_first && form != question.quantization) continue;
    taken.push_back(bytes);
    setting.choice.values.push_back(form->name);
  }
  setting.choice.first = place_of(setting.choice.values, question.quantization->name);
  return setting;
}

/// Tokens of one request, up to all that the model can.
SheetSetting lengths(const Question& question, bool is_vllm) {
  SheetSetting setting;
  setting.choice = {is_vllm ? "max_model_len" : "context", is_vllm ? "Longest request" : "Context",
                    is_vllm ? "--max-model-len" : "-c", Json::array(), 0};
  std::vector<std::int64_t> tokens;
  for (const std::int64_t length : kLengths) {
    if (Tokens(length) < question.model->context_limit) tokens.push_back(length);
  }
  tokens.push_back(question.model->context_limit.count());
  tokens.push_back(question.request.context.count());
  std::sort(tokens.begin(), tokens.end());
  tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
  setting.choice.values = tokens;
  setting.choice.first = place_of(setting.choice.values, question.request.context.count());
  setting.ask = [is_vllm](Asked& here, const Json& value) {
    (is_vllm ? here.max_model_len : here.context) = value.get<std::int64_t>();
  };
  return setting;
}

SheetSetting vllm_cache(const Asked& asked) {
  SheetSetting setting{{"kv_cache_dtype", "Cache type", "--kv-cache-dtype", {"auto", "fp8"}, 0},
                       [](Asked& here, const Json& value) { here.vllm.kv_cache_dtype = value.get<std::string>(); }};
  setting.choice.first = place_of(setting.choice.values, asked.vllm.kv_cache_dtype.value_or("auto"));
  return setting;
}

SheetSetting mlx_cache(const Asked& asked) {
  SheetSetting setting{{"kv_bits", "Cache bits", "--kv-bits", Json::array({Json()}), 0},
                       [](Asked& here, const Json& value) {
                         here.mlx.kv_bits.reset();
                         if (!value.is_null()) here.mlx.kv_bits = value.get<std::int64_t>();
                       }};
  for (const std::int64_t bits : kCacheBits) setting.choice.values.push_back(bits);
  setting.choice.first = place_of(setting.choice.values, asked.mlx.kv_bits ? Json(*asked.mlx.kv_bits) : Json());
  return setting;
}

/// So many of a card, which share each layer.
SheetSetting gpus(const Asked& asked) {
  SheetSetting setting{{"tensor_parallel_size", "GPUs", "-tp", Json::array(), 0}, [](Asked& here, const Json& value) {
                         here.vllm.tensor_parallel_size = value.get<std::int64_t>();
                         const std::int64_t count = value.get<std::int64_t>() *
                                                    here.vllm.pipeline_parallel_size.value_or(1) *
                                                    here.vllm.data_parallel_size.value_or(1);
                         if (count != 1) here.device = fmt::format("{}x {}", count, *here.device);
                       }};
  for (const std::int64_t count : kGpus) setting.choice.values.push_back(count);
  setting.choice.first = place_of(setting.choice.values, asked.vllm.tensor_parallel_size.value_or(1));
  return setting;
}

}  // namespace

std::vector<SheetSetting> sheet_settings(const Asked& asked, const Question& question, ask::Finder& finder) {
  const bool is_vllm = question.vllm.has_value();
  std::vector<SheetSetting> settings = {forms(question, finder), lengths(question, is_vllm)};
  settings.push_back(is_vllm ? vllm_cache(asked) : mlx_cache(asked));
  if (is_vllm) settings.push_back(gpus(asked));
  return settings;
}

}  // namespace lfmfit::cli
