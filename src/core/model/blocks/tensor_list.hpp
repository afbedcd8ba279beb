#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lfmfit/tensor.hpp"

namespace lfmfit {

/// Collects the tensors of one layer (-1: of none).
class TensorList {
 public:
  TensorList(int layer, std::vector<Tensor>& tensors) : layer_(layer), tensors_(tensors) {}

  void add(std::string name, std::int64_t columns, std::int64_t rows = 1, std::int64_t matrices = 1) {
    Tensor tensor;
    tensor.name = std::move(name);
    tensor.layer = layer_;
    tensor.shape = {columns, rows, matrices, 1};
    tensors_.push_back(std::move(tensor));
  }

 private:
  int layer_;
  std::vector<Tensor>& tensors_;
};

}  // namespace lfmfit
