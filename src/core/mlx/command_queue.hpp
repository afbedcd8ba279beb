#pragma once

#include <cstdint>
#include <vector>

#include "lfmfit/mlx.hpp"

namespace lfmfit::mlx {

/// Operations in the order in which MLX gives them to a GPU, and the memory of their results.
class CommandQueue {
 public:
  /// `facts` must outlive it.
  explicit CommandQueue(const MlxFacts& facts) : facts_(facts) {}
  explicit CommandQueue(MlxFacts&&) = delete;

  /// Adds an operation that reads `weights` bytes and the results of others, as add() named them, and makes `result`
  /// bytes. Names the result.
  int add(double result, double weights, const std::vector<int>& read);

  /// The most bytes that results took at once.
  double peak() const;

 private:
  struct Operation {
    double result = 0;
    int buffer = 0;
    int last_buffer = 0;   ///< that reads the result
    int seen_buffer = -1;  ///< in which the result was counted as read
  };

  const MlxFacts& facts_;
  std::vector<Operation> operations_;
  int buffer_ = 0;
  std::int64_t commands_ = 0;
  double read_ = 0;
};

}  // namespace lfmfit::mlx
