#pragma once

#include <vector>

#include "lfmfit/model_page.hpp"
#include "render/json.hpp"

namespace lfmfit::render {

/// Pieces that the pages of a site share.

/// `value` with `digits` that count: tables of rates would otherwise fill a page with noise.
double rounded(double value, int digits);

/// `rate` as it is printed: whole, below 10 with one decimal.
Json printed_rate(TokenRate rate);

/// What a state asks of the driver's libraries, as a number: 1 for cuBLAS, 2 for tiles, 3 for both.
int asks_of(const PageCompute& state);

/// The parts of a driver's share that a state may ask for; `driver_low_bytes` is not among them.
void add_driver(Json& json, const PageDriver& driver);

/// A device of a page without its speed.
Json page_device_json(const PageDevice& row);

/// What devices are called though it would fit several, by id: {"rtx-3060-12gb": "RTX 3060"}.
void add_calling(Json& json, const Device& device);

/// An array of objects as {"columns": [...], "rows": [[...], ...]}, which says each key once. Absent keys become null.
Json columns_json(const Json& objects);

}  // namespace lfmfit::render
