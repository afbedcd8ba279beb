// How an embedding of a text is made of those of its tokens.
#pragma once

#include <optional>
#include <string_view>

namespace lfmfit {

/// What llama.cpp makes of the hidden states of a sequence (--pooling): nothing, so that every token has a vector of
/// its own; their mean; that of the first or of the last token; or a score (rerankers).
enum class Pooling { kNone, kMean, kCls, kLast, kRank };

/// "none", "mean", "cls", "last", "rank": llama.cpp's own words.
const char* name_of(Pooling pooling);

/// The pooling that `word` names; nothing for other words.
std::optional<Pooling> pooling_called(std::string_view word);

}  // namespace lfmfit
