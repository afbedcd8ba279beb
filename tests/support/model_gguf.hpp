#pragma once

#include <string>
#include <vector>

#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"
#include "support/gguf_writer.hpp"
#include "support/tensor_list.hpp"

namespace test {

/// Adds `tensors` to a GGUF, each stored as `stored` says; null: norms and vectors as F32, the rest as F16.
void add_tensors(GgufWriter& writer, const std::vector<lfmfit::Tensor>& tensors);

/// A GGUF as a converter would write it for a model of the catalogue, its tensors stored as `quantization` says;
/// null: unquantized.
GgufWriter gguf_of(const lfmfit::Model& model, const lfmfit::Quantization* quantization = nullptr);

/// A GGUF with the metadata and the full tensor list of a real model (tests/truth/tensors).
GgufWriter gguf_of(const TensorList& list);

}  // namespace test
