#pragma once

#include <deque>
#include <string>
#include <vector>

#include "lfmfit/quantization.hpp"

namespace test {

/// The rows of data/tensor_types.json and data/quantizations.json, read once.
const std::deque<lfmfit::TensorType>& tensor_types();
const std::vector<lfmfit::Quantization>& quantizations();

/// One of them; fails the test if there is none of that name.
const lfmfit::TensorType& tensor_type(const std::string& name);
const lfmfit::Quantization& quantization(const std::string& name);

/// The tensor type of a name; null when there is none.
const lfmfit::TensorType* find_tensor_type(std::string_view name);

}  // namespace test
