#pragma once

#include "catalog/row_reader.hpp"
#include "catalog/speed_rows.hpp"
#include "lfmfit/speed_constants.hpp"

namespace lfmfit {

/// The object "kernels" of a row; `constants` has its launch tables.
KernelRules read_kernel_rules(RowReader reader, const TypeLookup& lookup, const SpeedConstants& constants);

/// A row of "weights": how each of its types is worked on. `constants` has the CPU's types.
void read_weight_kernels(RowReader& reader, const TypeLookup& lookup, SpeedConstants& constants);

/// The object "cpu".
CpuConstants read_cpu_constants(RowReader reader);

}  // namespace lfmfit
