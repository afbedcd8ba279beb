#pragma once

#include "core/speed/pass.hpp"

namespace lfmfit::speed {

/// The time of attention in the layers of `load`. Nothing behind no tokens, whatever the cache's type.
PartTime attention_time(const PlaceLoad& load, const Columns& columns, const Card& card);

/// Bytes of cache that a pass reads in the layers of `load`.
double cache_bytes(const PlaceLoad& load, const Columns& columns);

/// Cells that a token of a pass sees on average in a layer with that window, of all that `columns` says.
double mean_cells(double window, const Columns& columns);

}  // namespace lfmfit::speed
