#include "core/speed/product_time.hpp"

#include <cmath>

#include "catch.hpp"
#include "support/speed_scene.hpp"

namespace lfmfit {

using namespace speed;

using test::SpeedScene;

namespace {

/// A matrix of 1024 x 1024 on the scene's card, whose reading takes no time.
struct ProductScene : SpeedScene {
  Product product;

  ProductScene() {
    product.type = &bytes;
    product.inputs = product.outputs = 1024;
    product.bytes = 1024 * 1024;
    for (const Coefficient read : {Coefficient::kDenseRead, Coefficient::kExpertRead, Coefficient::kFloatRead})
      constant(read) = 0;
  }

  WeightKernel& kernel() { return constants.weight_kernels[0]; }
  KernelRules& rules() { return constants.rows[0].kernels; }
  double weights() const { return product.inputs * product.outputs; }
  double seconds(double columns) {
    Card card;
    card.bandwidth = 100e9;
    card.compute = 1e12;
    card.units = 16;
    card.row = &constants.rows[0];
    return product_time(product, columns, 0, card, constants).seconds;
  }
};

}  // namespace

TEST_CASE("up to eight columns each costs its part, and unpacking once") {
  ProductScene scene;
  scene.constant(Coefficient::kVectorStart) = 10;
  scene.constant(Coefficient::kVectorColumn) = 5;
  scene.constant(Coefficient::kVectorUs) = 3;
  CHECK(scene.seconds(1) == Approx(scene.weights() * 15 / 1e12 + 3e-6));
  CHECK(scene.seconds(8) == Approx(scene.weights() * 50 / 1e12 + 3e-6));
  scene.kernel().vector = WeightKernel::Vector::kLow;
  scene.constant(Coefficient::kVectorLow) = 2;
  CHECK(scene.seconds(1) == Approx(scene.weights() * 30 / 1e12 + 3e-6));
}

TEST_CASE("from nine columns on a matrix is unpacked once for each tile of columns") {
  ProductScene scene;
  scene.constant(Coefficient::kTileStart) = 100;
  scene.constant(Coefficient::kTileColumn) = 1;
  CHECK(scene.seconds(9) == Approx(scene.weights() * (100 + 16) / 1e12));
  CHECK(scene.seconds(128) == Approx(scene.weights() * (100 + 128) / 1e12));
  CHECK(scene.seconds(256) == Approx(scene.weights() * 2 * (100 + 128) / 1e12));
  scene.kernel().tile = WeightKernel::Tile::kMinima;
  scene.constant(Coefficient::kTileMinima) = 2;
  CHECK(scene.seconds(128) == Approx(scene.weights() * (100 + 256) / 1e12));
}

TEST_CASE("tiles are as wide as a backend has them") {
  ProductScene scene;
  scene.constant(Coefficient::kTileColumn) = 1;
  scene.rules().widest_tile = 64;
  CHECK(scene.seconds(128) == Approx(scene.weights() * 2 * 64 / 1e12));
  scene.rules().tile_columns = {32, 64, 128};
  scene.rules().widest_tile = 128;
  CHECK(scene.seconds(9) == Approx(scene.weights() * 32 / 1e12));
  CHECK(scene.seconds(33) == Approx(scene.weights() * 64 / 1e12));
  CHECK(scene.seconds(100) == Approx(scene.weights() * 128 / 1e12));
}

TEST_CASE("few tiles do not fill a card, and less so where they are not split") {
  ProductScene scene;
  scene.constant(Coefficient::kTileColumn) = 1;
  scene.constant(Coefficient::kTileFill) = 3;
  const double tiles = 8, depth = 4, units = 16;
  CHECK(scene.seconds(128) == Approx(scene.weights() * 128 / 1e12 * (1 + 3 * units / (tiles * depth + units))));
  scene.rules().splits_tiles = false;
  CHECK(scene.seconds(128) == Approx(scene.weights() * 128 / 1e12 * (1 + 3 * units / (tiles + 0.15 * units))));
}

TEST_CASE("a small cache reads the weights again for each tile of columns") {
  ProductScene scene;
  scene.constant(Coefficient::kDenseRead) = 1;
  scene.constant(Coefficient::kTileColumn) = 0;
  scene.constant(Coefficient::kTileRereads) = 1;
  CHECK(scene.seconds(512) == Approx(4 * scene.product.bytes / 100e9));
  scene.constant(Coefficient::kTileRereads) = 0;
  CHECK(scene.seconds(512) == Approx(scene.product.bytes / 100e9));
}

TEST_CASE("F16 goes to a library, with no fewer columns than it takes") {
  ProductScene scene;
  scene.kernel().number = WeightKernel::Number::kHalf;
  scene.constant(Coefficient::kFloatWork) = 0.25;
  const double fill = 1 + 16 / 64.0;  // 8 x 8 tiles of 128
  CHECK(scene.seconds(1024) == Approx(2 * scene.weights() * 1024 * 0.25 / 1e12 * fill));
  scene.rules().least_float_columns = 64;
  CHECK(scene.seconds(16) == Approx(scene.seconds(64)));
}

TEST_CASE("some types are unpacked for a library from some columns on, unless there are many experts") {
  ProductScene scene;
  scene.constant(Coefficient::kTileColumn) = 1000;
  scene.rules().by_library = {{{&scene.bytes}, 128, 64}};
  const double tiles = scene.seconds(128);
  CHECK(scene.seconds(129) < tiles);
  scene.rules().by_library[0].types = {&scene.halves};
  CHECK(scene.seconds(129) > tiles);
  scene.rules().by_library[0].types.clear();
  scene.product.use = ProductUse::kExperts;
  scene.product.experts = 128;
  scene.product.used = 128;
  scene.constant(Coefficient::kFloatWork) = 1e6;
  const double by_tiles = scene.seconds(129);
  scene.product.experts = scene.product.used = 64;
  CHECK(scene.seconds(129) > by_tiles);
}

TEST_CASE("experts up to eight tokens are multiplied choice by choice, and read where any token chose them") {
  ProductScene scene;
  scene.product.use = ProductUse::kExperts;
  scene.product.experts = 8;
  scene.product.used = 2;
  scene.product.bytes *= 8;
  scene.constant(Coefficient::kVectorStart) = 10;
  CHECK(scene.seconds(4) == Approx(scene.weights() * 4 * 2 * 10 / 1e12));
  scene.constant(Coefficient::kVectorStart) = 0;
  scene.constant(Coefficient::kExpertRead) = 2;
  CHECK(scene.seconds(1) == Approx(2 * scene.product.bytes / 4 / 100e9));
  CHECK(scene.seconds(4) == Approx(2 * scene.product.bytes * (1 - std::pow(0.75, 4)) / 100e9));
}

TEST_CASE("Metal takes two to eight columns in groups, and more in tiles of 32") {
  ProductScene scene;
  scene.rules().metal = true;
  scene.kernel().small_batch_2 = true;
  scene.kernel().metal_tile = 1;
  scene.kernel().metal_vector = 1;
  scene.constant(Coefficient::kSmallBatch) = 4;
  scene.constant(Coefficient::kVectorStart) = 7;
  scene.constant(Coefficient::kTileColumn) = 1;
  CHECK(scene.seconds(1) == Approx(scene.weights() * 7 / 1e12));
  CHECK(scene.seconds(5) == Approx(scene.weights() * 5 * 4 / 1e12));
  CHECK(scene.seconds(7) == Approx(scene.weights() * 8 * 4 / 1e12));  // two groups of four
  CHECK(scene.seconds(9) == Approx(scene.weights() * 32 / 1e12));
  CHECK(scene.seconds(33) == Approx(scene.weights() * 64 / 1e12));
  scene.kernel().small_batch_2 = false;
  CHECK(scene.seconds(3) == Approx(scene.weights() * 3 * 7 / 1e12));
}

}  // namespace lfmfit
