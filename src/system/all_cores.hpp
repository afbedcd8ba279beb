#pragma once

#include <cstddef>
#include <functional>

namespace lfmfit {

/// Calls `work` with each number below `count`, as many at a time as there are cores, or fewer where no more threads
/// are to be had. After something is thrown no further number is begun; it is thrown again once all have stopped.
void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace lfmfit
