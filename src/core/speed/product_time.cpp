#include "core/speed/product_time.hpp"

#include <algorithm>
#include <cmath>

#include "core/llamacpp/placement.hpp"
#include "core/speed/expert_choice.hpp"

namespace lfmfit::speed {

namespace {

constexpr double kMetalTile = 32;  // columns
constexpr double kTileRows = 128, kTileDepth = 256;
constexpr double kSplitless = 0.15;  // of the card: what fewer tiles of kernels that do not split them still fill
constexpr double kLibraryStep = 64, kLibraryRead = 1 / 0.9, kLibraryUnpack = 4 / 0.8, kLibraryWork = 1 / 0.9;

double vector_factor(const WeightKernel& kernel, const Card& card) {
  switch (kernel.vector) {
    case WeightKernel::Vector::kPlain: return card[Coefficient::kVectorPlain];
    case WeightKernel::Vector::kSix: return card[Coefficient::kVectorSix];
    case WeightKernel::Vector::kLow: return card[Coefficient::kVectorLow];
    case WeightKernel::Vector::kK: break;
  }
  return 1;
}

double tile_factor(const WeightKernel& kernel, const Card& card) {
  switch (kernel.tile) {
    case WeightKernel::Tile::kMinima: return card[Coefficient::kTileMinima];
    case WeightKernel::Tile::kSixteen: return card[Coefficient::kTileSixteen];
    case WeightKernel::Tile::kPlain: break;
  }
  return 1;
}

/// Columns of a tile where `tokens` fill tiles that may be at most `widest`.
double tile_columns(double tokens, double widest, const KernelRules& rules) {
  if (!rules.tile_columns.empty()) {
    for (const std::int64_t columns : rules.tile_columns) {
      if (tokens <= static_cast<double>(columns) || static_cast<double>(columns) >= widest)
        return static_cast<double>(columns);
    }
    return static_cast<double>(rules.tile_columns.back());
  }
  const double narrow = std::min(widest, up(tokens, 8));
  return narrow > 48 ? std::min(widest, up(tokens, 16)) : narrow;
}

/// One matrix over some columns, on one card.
struct Work {
  const Product& product;
  const WeightKernel& kernel;
  const Card& card;
  double columns, spread;

  double weights() const { return product.inputs * product.outputs; }
  bool is_experts() const { return product.use == ProductUse::kExperts; }
  /// Matrices that lie side by side in the tensor and are all multiplied with.
  double side_by_side() const { return is_experts() ? 1 : product.experts; }
  double choices() const { return is_experts() ? product.used : product.experts; }
};

PartTime part(double bytes, double reading, double computing, double besides = 0) {
  return {joined(reading, computing) + besides, bytes, reading, computing};
}

PartTime float_time(const Work& work, double touched) {
  const Card& card = work.card;
  const bool bf16 = work.kernel.number == WeightKernel::Number::kBfloat;
  const double bytes = work.product.bytes * touched;
  double read = card[Coefficient::kFloatRead];
  if (bf16 && work.is_experts()) read *= card[Coefficient::kBf16ExpertRead];
  const double reading = bytes * read / card.bandwidth;
  const double multiplied = work.weights() * work.choices();
  if (work.columns <= kFewColumns)
    return part(bytes, reading, multiplied * work.columns * card[Coefficient::kVectorFloat] / card.compute);
  const double columns = std::max(work.columns, static_cast<double>(card.row->kernels.least_float_columns));
  double operation =
      work.kernel.number == WeightKernel::Number::kSingle ? card[Coefficient::kF32Work] : card[Coefficient::kFloatWork];
  if (bf16) operation *= card[Coefficient::kBf16Work];
  const double tiles =
      std::max(1.0, work.product.outputs / kTileRows) * std::max(1.0, work.columns / kTileRows) * work.side_by_side();
  return part(bytes, reading, 2 * multiplied * columns * operation / card.compute * (1 + card.units / tiles));
}

PartTime vector_time(const Work& work, double touched) {
  const Card& card = work.card;
  const double bytes = work.product.bytes * touched;
  const double read = card[work.is_experts() ? Coefficient::kExpertRead : Coefficient::kDenseRead];
  const double columns = work.is_experts() ? 1 : work.columns;
  const double each = card[Coefficient::kVectorStart] + card[Coefficient::kVectorColumn] * columns;
  const double passes = work.is_experts() ? work.columns * work.product.used : work.product.experts;
  return part(bytes, bytes * read / card.bandwidth,
              work.weights() * passes * vector_factor(work.kernel, card) * each / card.compute,
              card[Coefficient::kVectorUs] * 1e-6);
}

bool goes_to_library(const Work& work) {
  for (const LibraryRule& rule : work.card.row->kernels.by_library) {
    const bool typed =
        rule.types.empty() || std::find(rule.types.begin(), rule.types.end(), work.product.type) != rule.types.end();
    const bool few =
        rule.most_experts == 0 || !work.is_experts() || work.product.experts <= static_cast<double>(rule.most_experts);
    if (typed && few && work.columns > static_cast<double>(rule.above)) return true;
  }
  return false;
}

PartTime library_time(const Work& work, double touched) {
  const Card& card = work.card;
  const double bytes = work.product.bytes * touched;
  const double columns = up(work.columns, kLibraryStep);
  const double tiles = std::max(1.0, work.product.outputs / kTileRows) * std::max(1.0, work.columns / kTileRows);
  const double unpacking = work.weights() * work.product.experts * kLibraryUnpack;
  const double reading = (bytes * kLibraryRead + unpacking) / card.bandwidth;
  const double computing = 2 * work.weights() * work.choices() * columns * card[Coefficient::kFloatWork] *
                           kLibraryWork / card.compute * (1 + card.units / tiles);
  return {reading + computing, bytes, reading, computing};
}

/// How many tiles of columns a matrix (of experts: an average expert) has, how wide they are, and what is touched.
struct Tiles {
  double width, count, touched;
};

Tiles tiles_of(const Work& work) {
  const KernelRules& rules = work.card.row->kernels;
  if (work.is_experts()) {
    const double of_expert = work.columns * work.product.used / work.product.experts;
    const double width = tile_columns(rules.tiles_by_expert ? of_expert : work.columns,
                                      static_cast<double>(rules.widest_expert_tile), rules);
    const ExpertChoice choice =
        choose_experts(work.product.experts, work.product.used, work.columns, width, work.spread);
    return {width, choice.tiles, choice.touched};
  }
  const double widest = tile_columns(work.columns, static_cast<double>(rules.widest_tile), rules);
  const double count = std::ceil(work.columns / widest);
  const double width = rules.tile_columns.empty() ? std::min(widest, up(std::ceil(work.columns / count), 8)) : widest;
  return {width, count, 1};
}

PartTime tile_time(const Work& work) {
  const Card& card = work.card;
  const Tiles tiles = tiles_of(work);
  const double all = tiles.count * work.product.experts;
  const double bytes = work.product.bytes * tiles.touched;
  const double further = std::max(0.0, tiles.count / std::max(tiles.touched, 1e-9) - 1);
  const double reading =
      bytes * card[Coefficient::kDenseRead] * (1 + card[Coefficient::kTileRereads] * further) / card.bandwidth;
  double each =
      card[Coefficient::kTileStart] + card[Coefficient::kTileColumn] * tile_factor(work.kernel, card) * tiles.width;
  if (work.is_experts()) each *= card[Coefficient::kTileExperts];
  if (work.kernel.fp4) each *= card[Coefficient::kTileFp4];
  const double blocks = std::max(1e-9, all * std::max(1.0, work.product.outputs / kTileRows));
  const double pieces = blocks * std::max(1.0, work.product.inputs / kTileDepth);
  const double fill = card.row->kernels.splits_tiles
                          ? 1 + card[Coefficient::kTileFill] * card.units / (pieces + card.units)
                          : 1 + card[Coefficient::kTileFill] * card.units / (blocks + kSplitless * card.units);
  return part(bytes, reading, work.weights() * all * each / card.compute * fill);
}

}  // namespace

PartTime product_time(const Product& product, double columns, double spread, const Card& card,
                      const SpeedConstants& constants) {
  const WeightKernel& kernel = constants.weight_kernels[product.kernel];
  if (card.row->kernels.metal) return metal_product_time(product, columns, spread, card, kernel);
  const Work work{product, kernel, card, columns, spread};
  const bool is_number = kernel.number != WeightKernel::Number::kQuantized;
  if (!is_number && columns > kFewColumns && !goes_to_library(work)) return tile_time(work);
  const double touched =
      work.is_experts() ? choose_experts(product.experts, product.used, columns, kEndlessTile, spread).touched : 1;
  if (is_number) return float_time(work, touched);
  return columns <= kFewColumns ? vector_time(work, touched) : library_time(work, touched);
}

std::vector<double> column_steps(double columns, const Card& card) {
  const KernelRules& rules = card.row->kernels;
  std::vector<double> steps{1, kFewColumns, static_cast<double>(kMinOffloadedBatch) - 1};
  for (const std::int64_t width : rules.tile_columns) steps.push_back(static_cast<double>(width));
  for (const LibraryRule& rule : rules.by_library) steps.push_back(static_cast<double>(rule.above));
  const double width = rules.metal ? kMetalTile : static_cast<double>(rules.widest_tile);
  for (const double step : {width, kFewColumns}) steps.push_back(std::floor((columns - 1) / step) * step);
  if (rules.metal) steps.insert(steps.end(), {4, 5});  // groups; behind them there are two
  std::erase_if(steps, [columns](double step) { return step < 1 || step >= columns; });
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  return steps;
}

}  // namespace lfmfit::speed
