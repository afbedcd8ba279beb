#include "core/speed/position_load.hpp"

#include <algorithm>

namespace lfmfit::speed {

namespace {

double row(const TensorType& type, std::int64_t columns) {
  return static_cast<double>(row_bytes(type, columns).count());
}

/// A multiplication and an addition for each number of a key and of a value.
double attention_work(std::int64_t n_head, std::int64_t numbers) { return 2.0 * static_cast<double>(n_head * numbers); }

class Reader {
 public:
  explicit Reader(const CacheTypes& cache) : cache_(cache) {}

  // Kinds without cache, each by name, so that a new kind does not compile until it is answered.
  void operator()(const NoMixer&) {}
  void operator()(const ShortConvolution&) {}
  void operator()(const StateSpace&) {}
  void operator()(const GatedDeltaNet&) {}

  void operator()(const Attention& attention) {
    PositionLoad load;
    load.window = attention.window;
    load.operations = attention_work(attention.n_head, attention.head_dim_k + attention.head_dim_v);
    if (attention.cached) {
      load.bytes = row(*cache_.k, attention.n_head_kv * attention.head_dim_k) +
                   row(*cache_.v, attention.n_head_kv * attention.head_dim_v);
    }
    add(loads, load);
  }

  /// One compressed row serves as key and as value. With an indexer, only its choice of positions is attended to.
  void operator()(const LatentAttention& attention) {
    const std::int64_t columns = attention.kv_lora_rank + attention.head_dim_rope;
    add(loads, {attention.indexer_top_k, row(*cache_.k, columns),
                attention_work(attention.n_head, columns + attention.kv_lora_rank)});
    if (attention.indexer_heads == 0) return;
    add(loads, {0, row(*cache_.k, attention.indexer_head_dim),
                attention_work(attention.indexer_heads, attention.indexer_head_dim)});
  }

  void operator()(const ParallelMixer& mixer) { (*this)(mixer.attention); }

  std::vector<PositionLoad> loads;

 private:
  const CacheTypes& cache_;
};

}  // namespace

std::vector<PositionLoad> position_loads(const Mixer& mixer, const CacheTypes& cache) {
  Reader reader(cache);
  std::visit(reader, mixer);
  return reader.loads;
}

void add(std::vector<PositionLoad>& loads, const PositionLoad& load) {
  const auto found =
      std::find_if(loads.begin(), loads.end(), [&](const PositionLoad& other) { return other.window == load.window; });
  if (found == loads.end()) {
    loads.push_back(load);
  } else {
    found->bytes += load.bytes;
    found->operations += load.operations;
  }
}

double positions_seen(std::int64_t window, double first, double count) {
  const auto up_to = [window](double x) {
    const double limit = static_cast<double>(window);
    return window == 0 || x <= limit ? x * x / 2 : limit * limit / 2 + (x - limit) * limit;
  };
  return up_to(first + count) - up_to(first);
}

double cache_bytes(const PlaceLoad& place, std::int64_t depth) {
  double bytes = 0;
  for (const PositionLoad& load : place.positions) {
    bytes += load.bytes * static_cast<double>(load.window > 0 ? std::min(depth, load.window) : depth);
  }
  return bytes;
}

double attention_operations(const PlaceLoad& place, double first, double count) {
  double operations = 0;
  for (const PositionLoad& load : place.positions)
    operations += load.operations * positions_seen(load.window, first, count);
  return operations;
}

}  // namespace lfmfit::speed
