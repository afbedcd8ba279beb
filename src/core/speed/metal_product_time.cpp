#include <algorithm>
#include <array>
#include <cmath>

#include "core/speed/expert_choice.hpp"
#include "core/speed/product_time.hpp"

// Metal's kernels (ggml-metal): vectors for one column, a kernel for a few that takes them in groups, tiles of 64 x 32.
namespace lfmfit::speed {

namespace {

constexpr double kTileColumns = 32, kMetalTileRows = 64;
constexpr double kExpertTiles = 32;  // tokens from which on experts are multiplied in tiles
constexpr double kLeastGroup = 4;    // columns from which on K-quants are taken in groups
/// Columns of a group where there are 2 to 8 of them.
constexpr std::array<double, 9> kGroup{1, 1, 2, 3, 4, 5, 3, 4, 4};

PartTime part(double bytes, double read, double computing, const Card& card) {
  const double reading = bytes * read / card.bandwidth;
  return {joined(reading, computing), bytes, reading, computing};
}

double vector_work(const WeightKernel& kernel, const Card& card) {
  return card[Coefficient::kVectorStart] * kernel.metal_vector / card.compute;
}

double small_batch_work(const WeightKernel& kernel, const Card& card) {
  double work = card[Coefficient::kSmallBatch] / card.compute;
  if (kernel.number != WeightKernel::Number::kQuantized) work *= card[Coefficient::kSmallBatchFloat];
  if (kernel.vector == WeightKernel::Vector::kK || kernel.vector == WeightKernel::Vector::kSix)
    work *= card[Coefficient::kSmallBatchK];
  return work;
}

double tile_work(const WeightKernel& kernel, const Card& card, double tiles) {
  return kTileColumns * card[Coefficient::kTileColumn] * kernel.metal_tile / card.compute *
         (1 + card[Coefficient::kTileFill] * card.units / std::max(tiles, 1.0));
}

PartTime expert_time(const Product& product, double columns, double spread, const Card& card,
                     const WeightKernel& kernel) {
  const double weights = product.inputs * product.outputs;
  const double read = card[Coefficient::kDenseRead] * card[Coefficient::kExpertRead];
  if (columns < kExpertTiles) {
    const double bytes = product.bytes * product.used / product.experts * columns;
    return part(bytes, read, weights * product.used * columns * vector_work(kernel, card), card);
  }
  const ExpertChoice choice = choose_experts(product.experts, product.used, columns, kTileColumns, spread);
  const double tiles = product.experts * choice.tiles;
  const double filled = std::min(kTileColumns, columns * product.used / std::max(tiles, 1e-9));
  const double start = card[Coefficient::kTileStart];
  const double share = start + (1 - start) * std::min(1.0, filled / kFewColumns);
  const double work = tile_work(kernel, card, tiles * std::max(1.0, product.outputs / kMetalTileRows));
  return part(product.bytes * choice.touched, read, weights * tiles * work * share, card);
}

}  // namespace

PartTime metal_product_time(const Product& product, double columns, double spread, const Card& card,
                            const WeightKernel& kernel) {
  if (product.use == ProductUse::kExperts) return expert_time(product, columns, spread, card, kernel);
  const double weights = product.inputs * product.outputs * product.experts;
  const double read = card[Coefficient::kDenseRead];
  if (columns > kFewColumns) {
    const double tiles = std::ceil(columns / kTileColumns);
    const double blocks = tiles * product.experts * std::max(1.0, product.outputs / kMetalTileRows);
    return part(product.bytes, read, weights * tiles * tile_work(kernel, card, blocks), card);
  }
  const auto in_groups = [&](double together) {
    const double each = kGroup[static_cast<std::size_t>(together)];
    const double groups = std::ceil(together / each);
    return part(product.bytes * groups, read, weights * groups * each * small_batch_work(kernel, card), card);
  };
  if (columns > 1 && (kernel.small_batch_2 || (kernel.small_batch_4 && columns >= kLeastGroup)))
    return in_groups(columns);
  const PartTime one_by_one = part(product.bytes * columns, read, weights * columns * vector_work(kernel, card), card);
  if (columns <= 1 || !kernel.small_batch_4) return one_by_one;
  const PartTime of_four = in_groups(kLeastGroup);  // more requests are not taken to be faster each
  return of_four.seconds < one_by_one.seconds ? of_four : one_by_one;
}

}  // namespace lfmfit::speed
