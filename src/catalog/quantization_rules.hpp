#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/row_reader.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

/// The tensor type of a name; null when there is none.
using TensorTypeByName = std::function<const TensorType*(std::string_view name)>;

/// Reads the rules of recipes, and what a file defines for them: forms that a model may have, and sets of rules.
class RuleReader {
 public:
  /// `lookup` must outlive it.
  explicit RuleReader(const TensorTypeByName& lookup) : lookup_(lookup) {}

  void read_forms(RowReader& root);
  void read_rule_sets(RowReader& root);
  /// The rules under "rules", those of the sets that they name in their places.
  std::vector<QuantizationRule> read_rules(RowReader& row) const;
  const TensorType* type(RowReader& row, std::string_view key) const;

 private:
  QuantizationRule read_rule(RowReader& row) const;

  const TensorTypeByName& lookup_;
  std::map<std::string, std::vector<ModelForm>> forms_;
  std::map<std::string, std::vector<QuantizationRule>> rule_sets_;
};

}  // namespace lfmfit
