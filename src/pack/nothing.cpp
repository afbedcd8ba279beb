#include "catalog/packed_facts.hpp"

namespace lfmfit {

const PackedFacts& packed_facts() {
  static constexpr PackedFacts nothing;
  return nothing;
}

}  // namespace lfmfit
