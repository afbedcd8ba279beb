#include "system/all_cores.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

namespace lfmfit {

void on_all_cores(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex failing;
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard<std::mutex> lock(failing);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  };
  std::vector<std::thread> workers;
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  workers.reserve(cores);
  try {
    for (std::size_t i = 1; i < std::min(cores, count); ++i) workers.emplace_back(run);
  } catch (const std::system_error&) {
    // no more threads here: those that there are do it
  } catch (const std::bad_alloc&) {
  }
  run();
  for (std::thread& worker : workers) worker.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lfmfit
