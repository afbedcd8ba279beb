// The rule of thumb that calculator sites print, kept to compare with. It is wrong in known ways: nominal bits instead
// of real ones, a cache in every layer, no compute buffer.
#pragma once

#include "lfmfit/device.hpp"
#include "lfmfit/memory.hpp"
#include "lfmfit/model.hpp"
#include "lfmfit/quantization.hpp"
#include "lfmfit/units.hpp"

namespace lfmfit {

/// The context at which sites state "VRAM".
constexpr Tokens kCalculatorContext{2048};

/// The number of weights as a model's name rounds it: 1.2e9 for "LFM2 1.2B RAG", 8e9 for "LFM2 8B A1B". Without such a
/// name, the true count rounded to tenths of a billion.
double nominal_parameters(const Model& model);

/// Nominal parameters x nominal bits / 8, in GB of two decimals as sites print it. Throws Error(kUnsupported) when
/// sites do not list the quantization.
Bytes nominal_file_bytes(const Model& model, const Quantization& quantization);

/// Weights, 2 x all layers x KV heads x head dimension x 2 bytes x `context`, and 0.3 GB, as a ledger of one GPU.
/// Throws Error(kUnsupported) also for models without plain attention, of which the rule says nothing.
MemoryLedger rule_of_thumb_memory(const Model& model, const Quantization& quantization, Tokens context);

/// Bandwidth x 0.65 (0.55 for AMD) / the GB at 2,048 tokens, rounded to two decimals first. Zero: bandwidth unknown.
TokenRate rule_of_thumb_decode_rate(const Model& model, const Quantization& quantization, const Device& device);

}  // namespace lfmfit
