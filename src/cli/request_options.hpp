#pragma once

#include <optional>
#include <string_view>

#include "cli/model_finder.hpp"
#include "cli/options.hpp"
#include "lfmfit/catalog.hpp"
#include "lfmfit/estimate.hpp"

namespace lfmfit::cli {

/// A context as it was asked for: a number of tokens, or the longest that fits (unset).
using ContextChoice = std::optional<Tokens>;

/// What `text` means for `model`: "4096"; "32k" and "1m" count in 1,024s and 1,048,576s, but mean the model's own full
/// context when that lies between N x 1,000 and N x 1,024 (128k is 128,000 for LFM2, 131,072 for Llama 3.1); "max" is
/// the full context; "fit" is the longest that fits. Throws Error(kBadRequest) for anything else.
ContextChoice parse_context(std::string_view text, const Model& model);

/// Tokens in the cache: 0 or a number in the spellings of parse_context; "full" (or "max") is all of `context`, that of
/// one slot. Throws Error(kBadRequest) for anything else, and for "full" where the context is the longest that fits.
Tokens parse_depth(std::string_view text, const Model& model, const ContextChoice& context);

/// "auto", "on", "off". Throws Error(kBadRequest) for anything else.
FlashAttention parse_flash_attention(std::string_view text);

/// The context where none was asked for: 4,096 tokens, or the 2,048 that calculator sites state.
Tokens default_context(Method method);

/// The question that `options` ask of `device` (null: of no device in particular). Throws Error for names that the
/// catalogue does not know and values that make no sense.
Question make_question(const RequestOptions& options, const Catalog& catalog, ModelFinder& models,
                       const Device* device);

/// Throws Error(kBadRequest) when `backend` cannot drive `device`.
void require_drives(const Backend& backend, const Device& device);

}  // namespace lfmfit::cli
