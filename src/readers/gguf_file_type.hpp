#pragma once

#include <string>
#include <vector>

#include "lfmfit/gguf.hpp"

namespace lfmfit {

/// How the tensors of a GGUF are stored in a word: what general.file_type says, as llama-quantize calls it ("Q4_K_M"),
/// or else the type that most bytes have ("mostly q4_k").
std::string stored_as(const std::vector<GgufHeader>& shards);

}  // namespace lfmfit
