#pragma once

#include "core/speed/pass.hpp"

namespace lfmfit::speed {

/// The time of one of the matrices that `product` stands for, over `columns` tokens; `spread`: see choose_experts.
PartTime product_time(const Product& product, double columns, double spread, const Card& card,
                      const SpeedConstants& constants);

/// The same with Metal's kernels.
PartTime metal_product_time(const Product& product, double columns, double spread, const Card& card,
                            const WeightKernel& kernel);

/// Fewer columns than `columns`, ascending, behind which kernels of `card` change, so that more may cost much more.
std::vector<double> column_steps(double columns, const Card& card);

}  // namespace lfmfit::speed
