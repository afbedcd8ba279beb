#pragma once

#include "catalog/packing.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit {

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, ModelForm>& form) {
  auto& [layer_count, min_gqa, with_tensor, without_tensor] = form;
  pass(layer_count, min_gqa, with_tensor, without_tensor);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, QuantizationRule>& rule) {
  auto& [role, layers, importance_matrix, min_gqa, min_experts, experts, forms, three_dimensional, broken_rows, type] =
      rule;
  pass(role, layers, importance_matrix, min_gqa, min_experts, experts, forms, three_dimensional, broken_rows, type);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, KeptTensors>& kept) {
  auto& [part, as_source] = kept;
  pass(part, as_source);
}

template <class Pass>
void pack_fields(Pass& pass, Packed<Pass, Quantization>& quantization) {
  auto& [name, also, default_type, rules, kept, kept_type, source_type, last_resort, needs_importance_matrix,
         quality_percent, quality, nominal_bits, listed, recommended, importance_matrix, publisher, like, scale, low,
         high, ladder] = quantization;
  pass(name, also, default_type, rules, kept, kept_type, source_type, last_resort, needs_importance_matrix,
       quality_percent, quality, nominal_bits, listed, recommended, importance_matrix, publisher, like, scale, low,
       high, ladder);
}

}  // namespace lfmfit
