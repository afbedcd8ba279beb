#include "core/llamacpp/graph/free_memory.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace lfmfit::graph {

namespace {

constexpr std::size_t kMaxChunks = 16;  // GGML_VBUFFER_MAX_CHUNKS; the last one has no limit
constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max() / 4;

template <class Blocks>
auto at(Blocks& blocks, std::size_t i) {
  return blocks.begin() + static_cast<std::ptrdiff_t>(i);
}

template <class Blocks>
void merge_with_next(Blocks& blocks, std::size_t i) {
  if (i + 1 >= blocks.size() || blocks[i].offset + blocks[i].size != blocks[i + 1].offset) return;
  blocks[i].size += blocks[i + 1].size;
  blocks.erase(at(blocks, i + 1));
}

}  // namespace

// Best fit among all blocks but the last of each chunk. ggml compares within a chunk only, so a later chunk that has a
// fit wins; of equal blocks it takes the later one.
bool FreeMemory::find_gap(std::int64_t size, Place& best) const {
  bool found = false;
  for (std::size_t c = 0; c < chunks_.size(); ++c) {
    const std::vector<Block>& blocks = chunks_[c].blocks;
    std::int64_t best_size = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i + 1 < blocks.size(); ++i) {
      if (blocks[i].size < size || blocks[i].size > best_size) continue;
      best = {c, i};
      best_size = blocks[i].size;
      found = true;
    }
  }
  return found;
}

// Among the last blocks the one that makes its chunk grow least, or leaves least unused where none has to grow.
bool FreeMemory::find_end(std::int64_t size, Place& best) const {
  bool found = false;
  std::int64_t best_reuse = std::numeric_limits<std::int64_t>::min();
  for (std::size_t c = 0; c < chunks_.size(); ++c) {
    const std::vector<Block>& blocks = chunks_[c].blocks;
    if (blocks.empty() || blocks.back().size < size) continue;
    const std::int64_t reuse = chunks_[c].high_water - blocks.back().offset - size;
    const bool better = (best_reuse < 0 && reuse > best_reuse) || (reuse >= 0 && reuse < best_reuse);
    if (!better) continue;
    best = {c, blocks.size() - 1};
    best_reuse = reuse;
    found = true;
  }
  return found;
}

void FreeMemory::add_chunk(std::int64_t size) {
  const bool endless = largest_chunk_ == 0 || chunks_.size() + 1 >= kMaxChunks;
  Chunk chunk;
  chunk.blocks.push_back({0, endless ? kEndless : std::max(size, largest_chunk_)});
  chunks_.push_back(std::move(chunk));
}

Address FreeMemory::take(std::int64_t size) {
  Place place{0, 0};
  if (!find_gap(size, place) && !find_end(size, place)) {
    add_chunk(size);
    place = {chunks_.size() - 1, 0};
  }
  Chunk& chunk = chunks_[place.chunk];
  Block& block = chunk.blocks[place.block];
  const Address address{static_cast<std::int32_t>(place.chunk), block.offset};
  block.offset += size;
  block.size -= size;
  if (block.size == 0) chunk.blocks.erase(at(chunk.blocks, place.block));
  chunk.high_water = std::max(chunk.high_water, address.offset + size);
  return address;
}

void FreeMemory::give(Address address, std::int64_t size) {
  std::vector<Block>& blocks = chunks_[static_cast<std::size_t>(address.chunk)].blocks;
  const std::int64_t begin = address.offset, end = address.offset + size;
  std::size_t after = blocks.size();
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (blocks[i].offset + blocks[i].size == begin) {
      blocks[i].size += size;
      merge_with_next(blocks, i);
      return;
    }
    if (blocks[i].offset == end) {
      blocks[i].offset = begin;
      blocks[i].size += size;
      if (i > 0) merge_with_next(blocks, i - 1);
      return;
    }
    if (after == blocks.size() && blocks[i].offset >= begin) after = i;
  }
  blocks.insert(at(blocks, after), {begin, size});
}

std::int64_t FreeMemory::high_water() const {
  std::int64_t sum = 0;
  for (const Chunk& chunk : chunks_) sum += chunk.high_water;
  return sum;
}

void FreeMemory::describe(std::vector<std::int64_t>& state) const {
  for (const Chunk& chunk : chunks_) {
    state.push_back(static_cast<std::int64_t>(chunk.blocks.size()));
    for (const Block& block : chunk.blocks) state.insert(state.end(), {block.offset, block.size});
  }
}

}  // namespace lfmfit::graph
