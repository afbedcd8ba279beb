#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/tensor.hpp"

namespace lfmfit {

/// The tensors of one layer, or those that belong to none, by name without "blk.N.".
class LayerTensors {
 public:
  void add(const Tensor& tensor) { shapes_.emplace(tensor.name, tensor.shape); }
  bool has(std::string_view name) const { return shapes_.find(name) != shapes_.end(); }
  /// One dimension of a tensor; 0 if there is none of that name.
  std::int64_t size(std::string_view name, std::size_t dimension) const {
    const auto found = shapes_.find(name);
    return found == shapes_.end() ? 0 : found->second[dimension];
  }
  const std::map<std::string, Shape, std::less<>>& shapes() const { return shapes_; }
  std::strong_ordering operator<=>(const LayerTensors&) const = default;

 private:
  std::map<std::string, Shape, std::less<>> shapes_;
};

}  // namespace lfmfit
