#include "core/mlx/command_queue.hpp"

#include <algorithm>
#include <cmath>

namespace lfmfit::mlx {

namespace {

constexpr double kMib = 1048576.0;

}  // namespace

int CommandQueue::add(double result, double weights, const std::vector<int>& read) {
  read_ += weights;
  for (const int each : read) {
    Operation& operation = operations_[static_cast<std::size_t>(each)];
    operation.last_buffer = buffer_;
    if (operation.seen_buffer == buffer_) continue;
    operation.seen_buffer = buffer_;
    read_ += operation.result;
  }
  operations_.push_back({result, buffer_, buffer_});
  ++commands_;
  if (commands_ > facts_.commands || std::floor(read_ / kMib) > facts_.commands_mib) {
    ++buffer_;
    commands_ = 0;
    read_ = 0;
  }
  return static_cast<int>(operations_.size()) - 1;
}

double CommandQueue::peak() const {
  std::vector<double> freed(static_cast<std::size_t>(buffer_) + 1, 0);
  for (const Operation& operation : operations_)
    freed[static_cast<std::size_t>(operation.last_buffer)] += operation.result;
  double live = 0, most = 0;
  std::int64_t done = 0;  // buffers that have run
  for (const Operation& operation : operations_) {
    for (; done < operation.buffer - facts_.commands_in_flight; ++done) live -= freed[static_cast<std::size_t>(done)];
    live += operation.result;
    most = std::max(most, live);
  }
  return most;
}

}  // namespace lfmfit::mlx
