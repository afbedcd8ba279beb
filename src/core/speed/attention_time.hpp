#pragma once

#include "core/speed/pass.hpp"

namespace lfmfit::speed {

/// The time of attention in the layers of `load`, and in tokens x cells what the host's mask holds.
PartTime attention_time(const PlaceLoad& load, const Columns& columns, const Card& card);

/// Cells that a token of a pass sees on average in a layer with that window, of all that `columns` says.
double mean_cells(double window, const Columns& columns);

}  // namespace lfmfit::speed
