#include "core/speed/attention_load.hpp"

#include <algorithm>

namespace lfmfit::speed {

namespace {

double row(const TensorType& type, std::int64_t columns) {
  return static_cast<double>(row_bytes(type, columns).count());
}

class AttentionReader {
 public:
  AttentionReader(const CacheTypes& cache, PlaceLoad& load) : cache_(cache), load_(load) {}

  // Kinds without cache, each by name, so that a new kind does not compile until it is answered.
  void operator()(const NoMixer&) {}
  void operator()(const ShortConvolution&) {}
  void operator()(const StateSpace&) {}
  void operator()(const GatedDeltaNet&) {}

  void operator()(const Attention& attention) {
    AttentionLoad load;
    load.heads = static_cast<double>(attention.n_head);
    load.cache_heads = static_cast<double>(attention.n_head_kv);
    load.key_numbers = static_cast<double>(attention.head_dim_k);
    load.value_numbers = static_cast<double>(attention.head_dim_v);
    load.window = static_cast<double>(attention.window);
    if (attention.cached) {
      load.cell_bytes = row(*cache_.k, attention.n_head_kv * attention.head_dim_k) +
                        row(*cache_.v, attention.n_head_kv * attention.head_dim_v);
    }
    add(load);
  }

  /// One compressed row serves as key and as value. With an indexer, only its choice of positions is attended to.
  void operator()(const LatentAttention& attention) {
    const std::int64_t columns = attention.kv_lora_rank + attention.head_dim_rope;
    AttentionLoad load;
    load.heads = static_cast<double>(attention.n_head);
    load.cache_heads = 1;
    load.key_numbers = static_cast<double>(columns);
    load.value_numbers = static_cast<double>(attention.kv_lora_rank);
    load.window = static_cast<double>(attention.indexer_top_k);
    load.cell_bytes = row(*cache_.k, columns);
    load.latent = true;
    add(load);
    if (attention.indexer_heads == 0) return;
    AttentionLoad indexer;
    indexer.heads = static_cast<double>(attention.indexer_heads);
    indexer.cache_heads = 1;
    indexer.key_numbers = static_cast<double>(attention.indexer_head_dim);
    indexer.cell_bytes = row(*cache_.k, attention.indexer_head_dim);
    add(indexer);
  }

  void operator()(const ParallelMixer& mixer) { (*this)(mixer.attention); }

 private:
  void add(const AttentionLoad& load) {
    for (AttentionLoad& known : load_.attention) {
      AttentionLoad other = known;
      other.layers = 0;
      if (other == load) {
        known.layers += 1;
        return;
      }
    }
    load_.attention.push_back(load);
    load_.attention.back().layers = 1;
  }

  const CacheTypes& cache_;
  PlaceLoad& load_;
};

class StateReader {
 public:
  explicit StateReader(PlaceLoad& load) : load_(load) {}

  void operator()(const NoMixer&) {}
  void operator()(const Attention&) {}
  void operator()(const LatentAttention&) {}
  void operator()(const ShortConvolution&) {}  // some thousand numbers
  void operator()(const StateSpace& mixer) {
    const auto numbers = static_cast<double>(mixer.d_inner) * static_cast<double>(mixer.d_state);
    load_.states += numbers;
    load_.state_space += numbers;
  }
  void operator()(const GatedDeltaNet& mixer) {
    const auto size = static_cast<double>(mixer.head_dim);
    load_.states += static_cast<double>(mixer.n_value_head) * size * size;
    load_.delta_net += static_cast<double>(mixer.n_value_head) * size * size;
  }
  void operator()(const ParallelMixer& mixer) { (*this)(mixer.state_space); }

 private:
  PlaceLoad& load_;
};

}  // namespace

void add_attention(const Mixer& mixer, const CacheTypes& cache, PlaceLoad& load) {
  std::visit(AttentionReader(cache, load), mixer);
}

void add_state(const Mixer& mixer, PlaceLoad& load) { std::visit(StateReader(load), mixer); }

}  // namespace lfmfit::speed
