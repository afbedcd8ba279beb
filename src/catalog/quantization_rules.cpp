#include "catalog/quantization_rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <utility>

namespace lfmfit {

namespace {

constexpr std::array<std::pair<std::string_view, TensorRole>, 9> kRoles{{
    {"token_embedding", TensorRole::kTokenEmbedding},
    {"output", TensorRole::kOutput},
    {"attention_q", TensorRole::kAttentionQ},
    {"attention_k", TensorRole::kAttentionK},
    {"attention_v", TensorRole::kAttentionV},
    {"attention_output", TensorRole::kAttentionOutput},
    {"ffn_gate", TensorRole::kFfnGate},
    {"ffn_up", TensorRole::kFfnUp},
    {"ffn_down", TensorRole::kFfnDown},
}};

constexpr std::array<std::pair<std::string_view, LayerRange>, 8> kLayerRanges{{
    {"all", LayerRange::kAll},
    {"first_eighth", LayerRange::kFirstEighth},
    {"first_eighth_of_tensors", LayerRange::kFirstEighthOfTensors},
    {"first_sixteenth", LayerRange::kFirstSixteenth},
    {"first_two", LayerRange::kFirstTwo},
    {"first_four", LayerRange::kFirstFour},
    {"middle", LayerRange::kMiddle},
    {"more_bits", LayerRange::kMoreBits},
}};

/// Sets can use sets, so that a short file could otherwise stand for endless rules.
constexpr std::size_t kMaxRules = 1000;

/// The value that `words` gives for the text under `key`.
template <class Value, std::size_t n>
Value word(RowReader& row, std::string_view key, const std::array<std::pair<std::string_view, Value>, n>& words) {
  const std::string text = row.text(key);
  std::vector<std::string_view> known;
  for (const auto& [name, value] : words) {
    if (name == text) return value;
    known.push_back(name);
  }
  row.fail(key, fmt::format("must be one of {}, not \"{}\"", fmt::join(known, ", "), text));
}

/// Whether a rule over places fits a role: the quantizer counts only these.
bool is_counted(const std::optional<TensorRole>& role) {
  return role == TensorRole::kAttentionV || role == TensorRole::kFfnDown || role == TensorRole::kFfnGate ||
         role == TensorRole::kFfnUp;
}

/// The value that this file defines under the name that `key` has.
template <class Value>
const Value& named(RowReader& row, std::string_view key, const std::map<std::string, Value>& values) {
  const std::string name = row.text(key);
  const auto found = values.find(name);
  if (found == values.end()) row.fail(key, fmt::format("names {}, which this file does not define", name));
  return found->second;
}

}  // namespace

const TensorType* RuleReader::type(RowReader& row, std::string_view key) const {
  const std::string name = row.text(key);
  const TensorType* found = lookup_(name);
  if (found == nullptr) row.fail(key, fmt::format("names {}, which is no tensor type", name));
  return found;
}

void RuleReader::read_forms(RowReader& root) {
  for (RowReader& row : root.objects("forms")) {
    row.name(row.text("name"));
    const auto [entry, is_new] = forms_.try_emplace(row.row());
    if (!is_new) row.fail("name", "is that of an earlier row");
    std::vector<ModelForm>& forms = entry->second;
    for (RowReader& form : row.objects("any_of")) {
      forms.push_back({form.integer_or("layer_count", 0), form.integer_or("min_gqa", 0),
                       form.text_or("with_tensor", ""), form.text_or("without_tensor", "")});
      form.finish();
    }
    if (forms.empty()) row.fail("any_of", "must list at least one form");
    row.finish();
  }
}

void RuleReader::read_rule_sets(RowReader& root) {
  for (RowReader& row : root.objects("rule_sets")) {
    row.name(row.text("name"));
    std::vector<QuantizationRule> rules = read_rules(row);
    if (!rule_sets_.emplace(row.row(), std::move(rules)).second) row.fail("name", "is that of an earlier row");
    row.finish();
  }
}

QuantizationRule RuleReader::read_rule(RowReader& row) const {
  QuantizationRule rule;
  if (row.has("role")) rule.role = word(row, "role", kRoles);
  if (row.has("layers")) rule.layers = word(row, "layers", kLayerRanges);
  if (rule.layers != LayerRange::kAll && !is_counted(rule.role)) {
    row.fail("layers", "needs a role whose tensors are counted: attention_v, ffn_gate, ffn_up or ffn_down");
  }
  rule.importance_matrix = row.optional_flag("importance_matrix");
  rule.min_gqa = row.integer_or("min_gqa", 0);
  rule.min_experts = row.integer_or("min_experts", 0);
  rule.experts = row.integer_or("experts", 0);
  if (row.has("form")) rule.forms = named(row, "form", forms_);
  rule.three_dimensional = row.flag_or("three_dimensional", false);
  rule.broken_rows = row.flag_or("broken_rows", false);
  rule.type = type(row, "type");
  row.finish();
  return rule;
}

std::vector<QuantizationRule> RuleReader::read_rules(RowReader& row) const {
  std::vector<QuantizationRule> rules;
  for (RowReader& entry : row.objects("rules")) {
    if (entry.has("use")) {
      const std::vector<QuantizationRule>& set = named(entry, "use", rule_sets_);
      if (rules.size() + set.size() > kMaxRules) entry.fail("use", fmt::format("makes more than {} rules", kMaxRules));
      rules.insert(rules.end(), set.begin(), set.end());
      entry.finish();
    } else {
      rules.push_back(read_rule(entry));
    }
  }
  return rules;
}

}  // namespace lfmfit
