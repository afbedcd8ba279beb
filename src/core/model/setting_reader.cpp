#include "core/model/setting_reader.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "lfmfit/error.hpp"

namespace lfmfit {

namespace {

using Words = std::span<const std::string_view>;

// In the order of the enumerators in block.hpp and model.hpp.
constexpr std::array<std::string_view, 3> kQkNorm{"none", "per_head", "whole"};
constexpr std::array<std::string_view, 5> kNorm{"rms", "layer", "layer_with_bias", "none", "rms_with_bias"};
constexpr std::array<std::string_view, 5> kActivation{"silu", "gelu", "relu_squared", "swiglu_oai", "xielu"};
constexpr std::array<std::string_view, 3> kFeedForwardNormName{"ffn_norm", "post_attention_norm", "bare_ffn_norm"};

constexpr std::array<std::string_view, 3> kOutputRows{"in_last_layer", "before_final_norm", "after_final_norm"};

struct Choices {
  std::string_view setting;
  Words words;
};

constexpr std::array<std::string_view, 5> kPooling{"none", "mean", "cls", "last", "rank"};  // as enum Pooling

constexpr std::array<Choices, 8> kChoices{{{"qk_norm", kQkNorm},
                                           {"norm", kNorm},
                                           {"final_norm_kind", kNorm},
                                           {"activation", kActivation},
                                           {"feed_forward_norm_name", kFeedForwardNormName},
                                           {"output_rows", kOutputRows},
                                           {"pooling", kPooling},
                                           {"embedding_norm_kind", kNorm}}};

Words words_of(std::string_view setting) {
  for (const Choices& choices : kChoices) {
    if (choices.setting == setting) return choices.words;
  }
  throw Error(ErrorKind::kBadFile, "setting \"" + std::string(setting) + "\" takes a number, not a word");
}

}  // namespace

std::int64_t setting_value(std::string_view setting, std::string_view word) {
  const Words words = words_of(setting);
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return found - words.begin();
  std::string message = "setting \"" + std::string(setting) + "\" knows no \"" + std::string(word) + "\", only";
  for (std::string_view known : words) message += " \"" + std::string(known) + "\"";
  throw Error(ErrorKind::kBadFile, message);
}

std::int64_t SettingReader::last_choice(std::string_view name) {
  return static_cast<std::int64_t>(words_of(name).size()) - 1;
}

void SettingReader::number(const char* name, std::int64_t& field, std::int64_t low, std::int64_t high) {
  known_.push_back(name);
  const auto found = settings_.find(std::string_view(name));
  if (found != settings_.end()) field = found->second;
  if (field >= low && field <= high) return;
  const std::string what = "setting \"" + std::string(name) + "\" of " + where_;
  if (found == settings_.end()) throw Error(ErrorKind::kBadFile, what + " is missing");
  throw Error(ErrorKind::kBadFile, what + " is " + std::to_string(field) + "; it must lie between " +
                                       std::to_string(low) + " and " + std::to_string(high));
}

void SettingReader::number(const char* name, int& field, int low, int high) {
  std::int64_t value = field;
  number(name, value, low, high);
  field = static_cast<int>(value);
}

void SettingReader::multiple(const char* whole, std::int64_t whole_value, const char* part,
                             std::int64_t part_value) const {
  if (part_value > 0 && whole_value % part_value == 0) return;
  throw Error(ErrorKind::kBadFile, "setting \"" + std::string(whole) + "\" of " + where_ + " is " +
                                       std::to_string(whole_value) + ", which is no multiple of \"" + part + "\", " +
                                       std::to_string(part_value));
}

void SettingReader::flag(const char* name, bool& field) {
  std::int64_t value = field ? 1 : 0;
  number(name, value, 0, 1);
  field = value == 1;
}

}  // namespace lfmfit
