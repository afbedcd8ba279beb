#include "catalog/quantization_rows.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <set>
#include <utility>

#include "catalog/strict_json.hpp"

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
Value word(StrictObject& row, const std::string& key, const std::array<std::pair<std::string_view, Value>, n>& words) {
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

/// Reads one file: first what rows share, then the rows.
class Reader {
 public:
  Reader(StrictObject& root, const TensorTypeLookup& lookup);
  std::vector<Quantization> read_rows();

 private:
  const TensorType* type(StrictObject& row, const std::string& key) const;
  template <class Value>
  const Value& named(StrictObject& row, const std::string& key, const std::map<std::string, Value>& values) const;
  void read_kept();
  void read_forms();
  void read_rule_sets();
  std::vector<QuantizationRule> read_rules(StrictObject& row) const;
  QuantizationRule read_rule(StrictObject& row) const;
  Quantization read_row(StrictObject& row) const;

  StrictObject& root_;
  const TensorTypeLookup& lookup_;
  Quantization shared_;
  std::map<std::string, std::vector<ModelForm>> forms_;
  std::map<std::string, std::vector<QuantizationRule>> rule_sets_;
};

Reader::Reader(StrictObject& root, const TensorTypeLookup& lookup) : root_(root), lookup_(lookup) {
  root.text("source");
  shared_.kept_type = type(root, "kept_type");
  shared_.source_type = type(root, "source_type");
  shared_.last_resort = type(root, "last_resort");
  if (shared_.last_resort->quantized) root.fail("last_resort", "must be a type that fits every row");
  read_kept();
  read_forms();
  read_rule_sets();
}

const TensorType* Reader::type(StrictObject& row, const std::string& key) const {
  const std::string name = row.text(key);
  const TensorType* found = lookup_(name);
  if (found == nullptr) row.fail(key, fmt::format("names {}, which is no tensor type", name));
  return found;
}

template <class Value>
const Value& Reader::named(StrictObject& row, const std::string& key,
                           const std::map<std::string, Value>& values) const {
  const std::string name = row.text(key);
  const auto found = values.find(name);
  if (found == values.end()) row.fail(key, fmt::format("names {}, which this file does not define", name));
  return found->second;
}

void Reader::read_kept() {
  auto kept = std::make_shared<std::vector<KeptTensors>>();
  for (StrictObject& row : root_.objects("kept", "part")) {
    kept->push_back({row.text("part"), row.flag_or("as_source", false)});
    if (kept->back().part.empty()) row.fail("part", "must not be empty; it would match every tensor");
    row.finish();
  }
  shared_.kept = std::move(kept);
}

void Reader::read_forms() {
  for (StrictObject& row : root_.objects("forms", "name")) {
    const auto [entry, is_new] = forms_.try_emplace(row.text("name"));
    if (!is_new) row.fail("name", "is that of an earlier row");
    std::vector<ModelForm>& forms = entry->second;
    for (StrictObject& form : row.objects("any_of")) {
      forms.push_back({form.integer_or("layer_count", 0), form.integer_or("min_gqa", 0),
                       form.text_or("with_tensor", ""), form.text_or("without_tensor", "")});
      form.finish();
    }
    if (forms.empty()) row.fail("any_of", "must list at least one form");
    row.finish();
  }
}

void Reader::read_rule_sets() {
  for (StrictObject& row : root_.objects("rule_sets", "name")) {
    const std::string name = row.text("name");
    std::vector<QuantizationRule> rules = read_rules(row);
    if (!rule_sets_.emplace(name, std::move(rules)).second) row.fail("name", "is that of an earlier row");
    row.finish();
  }
}

QuantizationRule Reader::read_rule(StrictObject& row) const {
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

std::vector<QuantizationRule> Reader::read_rules(StrictObject& row) const {
  std::vector<QuantizationRule> rules;
  for (StrictObject& entry : row.objects("rules")) {
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

Quantization Reader::read_row(StrictObject& row) const {
  Quantization quantization = shared_;
  quantization.name = row.text("name");
  quantization.also = row.text_or("also", "");
  quantization.default_type = type(row, "default_type");
  quantization.rules = read_rules(row);
  if (row.has("source_type")) quantization.source_type = type(row, "source_type");
  quantization.needs_importance_matrix = row.flag_or("needs_importance_matrix", false);
  quantization.quality_percent = row.number_or("quality_percent", 0);
  if (quantization.quality_percent > 100) row.fail("quality_percent", "must be at most 100");
  quantization.quality = row.text_or("quality", "");
  quantization.nominal_bits = row.number_or("page_bits", 0);
  quantization.listed = row.flag_or("listed", false);
  quantization.recommended = row.flag_or("recommended", false);
  row.finish();
  return quantization;
}

std::vector<Quantization> Reader::read_rows() {
  std::vector<Quantization> result;
  std::set<std::string> names;
  for (StrictObject& row : root_.objects("quantizations", "name")) {
    result.push_back(read_row(row));
    if (!names.insert(result.back().name).second) row.fail("name", "is that of an earlier row");
  }
  return result;
}

}  // namespace

std::vector<Quantization> read_quantizations(std::string_view path, std::string_view text,
                                             const TensorTypeLookup& lookup) {
  const nlohmann::json document = parse_json(path, text);
  StrictObject root(document, path);
  Reader reader(root, lookup);
  std::vector<Quantization> result = reader.read_rows();
  root.finish();
  return result;
}

}  // namespace lfmfit
