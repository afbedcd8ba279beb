#pragma once

#include <cstdint>
#include <vector>

namespace lfmfit::graph {

/// Where a tensor lies: in which chunk of a compute buffer, and where in it.
struct Address {
  std::int32_t chunk = 0;
  std::int64_t offset = 0;
};

/// The free memory of one compute buffer, as ggml_dyn_tallocr keeps it (ggml-alloc.c): chunks that grow as far as a
/// backend allows one allocation to be, each with its free blocks by offset.
class FreeMemory {
 public:
  /// `largest_chunk`: bytes of the largest allocation; 0: no limit.
  explicit FreeMemory(std::int64_t largest_chunk) : largest_chunk_(largest_chunk) {}

  /// Takes `size` bytes (a multiple of the alignment) from the block that fits best.
  Address take(std::int64_t size);
  void give(Address address, std::int64_t size);

  /// The most that was in use: the sum of the chunks' high-water marks.
  std::int64_t high_water() const;
  /// Appends numbers that are the same for the same free memory.
  void describe(std::vector<std::int64_t>& state) const;

 private:
  struct Block {
    std::int64_t offset, size;
  };
  struct Chunk {
    std::vector<Block> blocks;
    std::int64_t high_water = 0;
  };
  struct Place {
    std::size_t chunk, block;
  };

  bool find_gap(std::int64_t size, Place& best) const;
  bool find_end(std::int64_t size, Place& best) const;
  void add_chunk(std::int64_t size);

  std::int64_t largest_chunk_;
  std::vector<Chunk> chunks_;
};

}  // namespace lfmfit::graph
