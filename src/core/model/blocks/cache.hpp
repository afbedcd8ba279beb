#pragma once

#include <cstdint>

namespace lfmfit {

/// What a layer keeps of every token: columns of its key and value caches (0: none), and in which of the two caches.
struct CacheRow {
  std::int64_t k_columns = 0;
  std::int64_t v_columns = 0;
  std::int64_t index_columns = 0;  ///< of the keys that sparse attention chooses its cells by; like K otherwise
  bool sliding = false;
};

/// What a layer keeps of every sequence, whatever its length: f32 numbers of the convolution and of the recurrence.
struct StateRow {
  std::int64_t convolution = 0;
  std::int64_t recurrence = 0;
};

}  // namespace lfmfit
