// How the cache of keys and values is stored.
#pragma once

#include "lfmfit/tensor.hpp"

namespace lfmfit {

/// Types of the cache's keys and values. Null: still to be chosen.
struct CacheTypes {
  const TensorType* k = nullptr;
  const TensorType* v = nullptr;

  friend bool operator==(const CacheTypes&, const CacheTypes&) = default;
};

}  // namespace lfmfit
