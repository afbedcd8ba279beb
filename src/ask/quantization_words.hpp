#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lfmfit/catalog.hpp"
#include "lfmfit/publisher_mix.hpp"
#include "lfmfit/quantization.hpp"

namespace lfmfit::ask {

/// The file type of llama-quantize that is called `name`, or also called so ("MXFP4"), case aside; null: none is.
const Quantization* plain_called(const Catalog& catalog, std::string_view name);

/// Whether `words` name a file type of llama-quantize and nothing else: those are rows of the catalogue.
bool is_plain(const Catalog& catalog, std::string_view words);

/// What `words` ("unsloth:UD-Q4_K_XL", "UD-Q4_K_XL", "i1-IQ3_XXS", "bartowski:Q4_K_M") mean for `model`: a mix of a
/// publisher's own, or a file type of llama-quantize as that publisher makes it. Throws Error(kBadRequest) with the
/// near names and the nearest plain file type.
Quantization mixed_quantization(const Catalog& catalog, std::string_view words, const Model& model);

/// The words for the file type `tag` in `repository` ("hf.co/unsloth/Qwen3-8B-GGUF", with a tag or without): its
/// owner's, who makes plain file types where lfmfit knows no mixes of that owner.
std::string quantization_in(const Catalog& catalog, std::string_view repository, std::string_view tag);

/// llama-quantize's file types, then what publishers make under names of their own, each once.
std::vector<Quantization> named_quantizations(const Catalog& catalog);

}  // namespace lfmfit::ask
