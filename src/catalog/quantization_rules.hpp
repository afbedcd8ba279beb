#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/strict_json.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

/// The tensor type of a name; null when there is none.
using TensorTypeByName = std::function<const TensorType*(std::string_view name)>;

/// Reads the rules of recipes, and what a file defines for them: forms that a model may have, and sets of rules.
class RuleReader {
 public:
  /// `lookup` must outlive it.
  explicit RuleReader(const TensorTypeByName& lookup) : lookup_(lookup) {}

  void read_forms(StrictObject& root);
  void read_rule_sets(StrictObject& root);
  /// The rules under "rules", those of the sets that they name in their places.
  std::vector<QuantizationRule> read_rules(StrictObject& row) const;
  const TensorType* type(StrictObject& row, const std::string& key) const;

 private:
  QuantizationRule read_rule(StrictObject& row) const;

  const TensorTypeByName& lookup_;
  std::map<std::string, std::vector<ModelForm>> forms_;
  std::map<std::string, std::vector<QuantizationRule>> rule_sets_;
};

}  // namespace lfmfit
