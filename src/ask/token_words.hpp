#pragma once

#include <optional>

#include "lfmfit/asked.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit::ask {

/// A context as it was asked for: a number of tokens, or the longest that fits (unset).
using ContextChoice = std::optional<Tokens>;

/// What `asked` means for `model`: a number, or "4096"; "32k" and "1m" count in 1,024s and 1,048,576s, but mean the
/// model's own full context when that lies between N x 1,000 and N x 1,024 (128k is 128,000 for LFM2, 131,072 for
/// Llama 3.1); "max" is the full context; "fit" is the longest that fits. Throws Error(kBadRequest) for anything else.
ContextChoice parse_context(const NumberOrWord& asked, const Model& model);

/// Tokens in the cache: 0 or a number in the spellings of parse_context; "full" (or "max") is all of `context`, that of
/// one slot. Throws Error(kBadRequest) for anything else, and for "full" where the context is the longest that fits.
Tokens parse_depth(const NumberOrWord& asked, const Model& model, const ContextChoice& context);

}  // namespace lfmfit::ask
